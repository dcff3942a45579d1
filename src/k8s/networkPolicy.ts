import type { LabelSelector } from './selector.ts';

/** networking.k8s.io/v1, as on the wire. In this API absent and empty lists of peers or ports mean "all". */
export interface NetworkPolicySpec {
  readonly podSelector?: LabelSelector | undefined;
  readonly policyTypes?: readonly string[] | undefined;
  readonly ingress?: readonly IngressRule[] | undefined;
  readonly egress?: readonly EgressRule[] | undefined;
}

export interface IngressRule {
  readonly from?: readonly Peer[] | undefined;
  readonly ports?: readonly Port[] | undefined;
}

export interface EgressRule {
  readonly to?: readonly Peer[] | undefined;
  readonly ports?: readonly Port[] | undefined;
}

export interface Peer {
  readonly podSelector?: LabelSelector | undefined;
  readonly namespaceSelector?: LabelSelector | undefined;
  readonly ipBlock?: { readonly cidr: string; readonly except?: readonly string[] | undefined } | undefined;
}

export interface Port {
  readonly protocol?: string | undefined;
  readonly port?: number | string | undefined;
  readonly endPort?: number | undefined;
}

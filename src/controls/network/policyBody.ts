import type { PortSpec } from '../../api/types.ts';
import type { EgressRule, IngressRule, Peer, Port } from '../../k8s/networkPolicy.ts';
import type { LabelSelector } from '../../k8s/selector.ts';
import type { Direction } from './names.ts';

export interface PolicyRules {
  readonly podSelector: LabelSelector;
  readonly policyTypes: readonly Direction[];
  readonly ingress?: readonly IngressRule[];
  readonly egress?: readonly EgressRule[];
}

/**
 * The body of a NetworkPolicy as the API server returns it: no field that is empty. A direction of policyTypes without
 * rules denies; that is also what is left of a policy whose rules all went.
 */
export function policyBody({
  podSelector,
  policyTypes,
  ingress,
  egress,
}: PolicyRules): Readonly<Record<string, unknown>> {
  return {
    spec: {
      podSelector: selectorBody(podSelector),
      policyTypes,
      ...(ingress === undefined || ingress.length === 0 ? {} : { ingress }),
      ...(egress === undefined || egress.length === 0 ? {} : { egress }),
    },
  };
}

/** An empty selector is `{}`: all. */
export function selectorBody({ matchLabels, matchExpressions }: LabelSelector): LabelSelector {
  return {
    ...(matchLabels === undefined || Object.keys(matchLabels).length === 0 ? {} : { matchLabels }),
    ...(matchExpressions === undefined || matchExpressions.length === 0
      ? {}
      : {
          matchExpressions: matchExpressions.map(({ key, operator, values }) =>
            values === undefined || values.length === 0 ? { key, operator } : { key, operator, values },
          ),
        }),
  };
}

/** Ports with the API server's default protocol (SetDefaults_NetworkPolicyPort). */
export const portBodies = (ports: readonly PortSpec[]): readonly Port[] =>
  ports.map(({ protocol, port, endPort }) => ({
    protocol: protocol ?? 'TCP',
    ...(port === undefined ? {} : { port }),
    ...(endPort === undefined ? {} : { endPort }),
  }));

/** One rule: absent peers or ports mean all, so only lists that were written as empty may be dropped. */
export const ingressRule = (from: readonly Peer[], ports: readonly Port[]): IngressRule => ({
  ...(from.length === 0 ? {} : { from }),
  ...(ports.length === 0 ? {} : { ports }),
});

export const egressRule = (to: readonly Peer[], ports: readonly Port[]): EgressRule => ({
  ...(to.length === 0 ? {} : { to }),
  ...(ports.length === 0 ? {} : { ports }),
});

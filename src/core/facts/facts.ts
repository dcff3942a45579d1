import type { PolicyRule } from '../../k8s/policyRule.ts';
import type { GrantedRights } from '../../k8s/rbac/grantedRights.ts';
import type { LabelSelector } from '../../k8s/selector.ts';
import type { Destination } from './destinations.ts';

/** A fact about the cluster is known or it is not; nothing is ever assumed (DESIGN §3). */
export type Fact<T> =
  | {
      readonly known: true;
      readonly value: T /** Why the last known value is still in use. */;
      readonly stale?: string;
    }
  | { readonly known: false; readonly why: string };

export interface ApiServerFact {
  /** Endpoints and Service addresses with the ports that each is reached on; no address is in two of them. */
  readonly destinations: readonly Destination[];
  /**
   * EndpointSlices that claim to be the API server's beside `default/kubernetes`: followed, with an Event (THREATS 11).
   */
  readonly otherSlices?: readonly string[];
}

export interface DnsFact {
  readonly services: readonly {
    readonly namespace: string;
    readonly name: string;
    /** Absent when the Service selects no pods; then `addresses` holds its endpoints too. */
    readonly podSelector?: LabelSelector;
  }[];
  /** Cluster IPs, node-local caches, and endpoints of Services without a selector; sorted. */
  readonly addresses: readonly string[];
  readonly ports: readonly { readonly protocol: 'UDP' | 'TCP'; readonly port: number }[];
}

export interface ClusterRoleRights extends GrantedRights {
  /** It, or one that it aggregates, was too large to judge. */
  readonly tooLarge?: boolean;
}

/** A Service and port that the API server calls. */
export interface Callback {
  readonly service: string;
  readonly port: number;
  /** `ValidatingWebhookConfiguration policies`; sorted. */
  readonly callers: readonly string[];
  /** Requests to the API server fail while nobody answers. */
  readonly failsClosed: boolean;
}

/** By the namespace that serves them; namespaces that serve none are absent. */
export type CallbacksFact = Readonly<Record<string, readonly Callback[]>>;

export interface Facts {
  readonly apiServer: Fact<ApiServerFact>;
  readonly dns: Fact<DnsFact>;
  /** The rules of the ClusterRole `drawbridge-grantable`. */
  readonly grantable: Fact<readonly PolicyRule[]>;
  /** What each ClusterRole comes to, aggregation followed, by its name; those that come to nothing are not there. */
  readonly clusterRoles: Fact<Readonly<Record<string, ClusterRoleRights>>>;
  /** Services that the API server calls (THREATS 21). */
  readonly callbacks: Fact<CallbacksFact>;
  /** Served API groups whose network policies we do not read (THREATS 20). */
  readonly otherPolicyApis: Fact<readonly string[]>;
  /** The minor of the API server, which knows no newer version of the Pod Security Standards. */
  readonly serverMinor: Fact<number>;
}

export type FactName = keyof Facts;

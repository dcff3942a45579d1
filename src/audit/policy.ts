/**
 * An audit policy as kube-apiserver reads it (audit.k8s.io/v1, apiserver/pkg/apis/audit/v1/types.go). Absent lists are
 * empty ones, as they are to the server.
 */
export interface AuditPolicy {
  readonly rules: readonly AuditRule[];
  readonly omitStages: readonly Stage[];
  readonly omitManagedFields: boolean;
}

/** The first rule that matches a request decides. Its parts are all asked for; within one, any value does. */
export interface AuditRule {
  readonly level: Level;
  /** Exact names of the authenticated user, never of the impersonated one. */
  readonly users: readonly string[];
  readonly userGroups: readonly string[];
  readonly verbs: readonly string[];
  readonly resources: readonly GroupResources[];
  /** `''`: objects of the cluster, and requests for all namespaces. */
  readonly namespaces: readonly string[];
  readonly nonResourceURLs: readonly string[];
  readonly omitStages: readonly Stage[];
  /** Undefined: as the policy says. */
  readonly omitManagedFields: boolean | undefined;
}

export interface GroupResources {
  /** `''` is the core group; `*`, since 1.36, all. */
  readonly group: string;
  /** `pods`, `pods/log`, `pods/*`, `*` followed by `/scale`, `*`; none: all of the group. */
  readonly resources: readonly string[];
  readonly resourceNames: readonly string[];
}

export const LEVELS = ['None', 'Metadata', 'Request', 'RequestResponse'] as const;
export type Level = (typeof LEVELS)[number];

export const STAGES = ['RequestReceived', 'ResponseStarted', 'ResponseComplete', 'Panic'] as const;
export type Stage = (typeof STAGES)[number];

/** Something in a policy that must not be handed to a server. */
export interface Mistake {
  /** Where, as a JSON path: `rules[2].verbs[0]`; `''` is the whole. */
  readonly path: string;
  /** What is wrong and what to write instead, a sentence. */
  readonly message: string;
  /** Where in the text, in characters from its begin, if it is about the text rather than what it says. */
  readonly offset?: number;
}

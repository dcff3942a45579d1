import type { AuditRule, Level } from '../policy.ts';

/** What brings an audit policy to API servers where nobody puts files beside them. */
export type Platform = 'openshift' | 'gardener' | 'eks' | 'gke' | 'aks';

/** How a policy comes into force on a platform, as far as it does. Nothing of it is applied by whoever made it. */
export interface Delivery {
  readonly platform: Platform;
  /** `meets`: the platform does what the policy says. `partly`: but for the losses. `cannot`: it takes no policy. */
  readonly verdict: 'meets' | 'partly' | 'cannot';
  /** In the order in which they are to be sent. */
  readonly manifests: readonly Manifest[];
  readonly losses: readonly Loss[];
  /** What a person does, in order, and how it is seen to be done: sentences. */
  readonly steps: readonly string[];
}

export interface Manifest {
  /** `patch`: a JSON merge patch of an object that is there, with what names it. */
  readonly how: 'apply' | 'patch';
  readonly object: ManifestObject;
}

export interface ManifestObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly [field: string]: unknown;
}

/** Requests that the platform records in another way than a rule of the policy says. */
export interface Loss {
  /** The index of the rule; the number of rules: of requests that no rule is about. */
  readonly rule: number;
  readonly asked: Level;
  /** Unknown: the platform tells nobody. */
  readonly recorded: Level | 'Unknown';
  /** What is missing from the events, though they come: `stage RequestReceived`, `managedFields`. */
  readonly without: readonly string[];
  /** `laxer`: less is recorded than is asked for; `stricter`: more. */
  readonly direction: 'laxer' | 'stricter' | 'unknown';
  /** Bodies of secrets, tokens or ConfigMaps come into the log, which every policy of ours keeps out of it. */
  readonly exposes: boolean;
  /** Of the rule's requests these, as what matches them; perhaps a few more, never less. */
  readonly requests: readonly AuditRule[];
}

import type { PodLevel } from './level.ts';
import type { PodInput } from './pod.ts';

/** One field of a pod that a check forbids. */
export interface Broken {
  /** Its name; `''` is the pod itself. */
  readonly container: string;
  /** In the container or, for the pod itself, from its root: `securityContext.privileged`, `spec.hostPID`. */
  readonly field: string;
  /** As it stands there; `''` when the field would have to be set. */
  readonly value: string;
}

/**
 * One check of the Pod Security Standards, with the id, the versions and the verdict of k8s.io/pod-security-admission/policy.
 * Minors are those of Kubernetes 1.
 */
export interface PodCheck {
  readonly id: string;
  readonly level: Exclude<PodLevel, 'privileged'>;
  /** As the API server words it. */
  readonly reason: string;
  /** What to write instead. */
  readonly fix: string;
  /** The minor from which a stricter check takes its place at `restricted`; absent: never. */
  readonly overriddenFrom?: number;
  /** Oldest first; each holds until the next. */
  readonly revisions: readonly Revision[];
}

export interface Revision {
  readonly since: number;
  find(pod: PodInput): readonly Broken[];
}

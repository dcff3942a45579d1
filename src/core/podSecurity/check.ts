import type { Broken } from './broken.ts';
import type { PodLevel } from './level.ts';
import type { PodInput } from './pod.ts';

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

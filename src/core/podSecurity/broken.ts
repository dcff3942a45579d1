/** One field of a pod that a check forbids. */
export interface Broken {
  /** Its name; `''` is the pod itself. */
  readonly container: string;
  /** In the container or, for the pod itself, from its root: `securityContext.privileged`, `spec.hostPID`. */
  readonly field: string;
  /** As it stands there; `''` when the field would have to be set. */
  readonly value: string;
}

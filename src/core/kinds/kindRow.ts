import type { Projection } from '../../k8s/entry.ts';
import type { KindInfo } from '../../k8s/kind.ts';
import type { KubeObject } from '../../k8s/object.ts';

/** One row per kind: where it is served, what is watched of it, and what is kept. */
export interface KindRow extends KindInfo {
  /** Narrows the watch on the server, so that busy kinds cost nothing. */
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  /** Watched in the operator's own namespace alone. */
  readonly ownNamespace?: true;
  /** `undefined` keeps nothing of the object. `bytes` is its size on the wire. Never throws. */
  project(raw: KubeObject, bytes: number): Projection | undefined;
}

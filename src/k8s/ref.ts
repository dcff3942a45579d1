/** Names one object. `namespace` is `''` for a cluster-scoped object, so that a ref is always a complete key. */
export interface ObjectRef {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** One string per object, for maps; kinds and names never hold a `/`. */
export const keyOf = (ref: ObjectRef): string => `${ref.kind}/${ref.namespace}/${ref.name}`;

/** For people: `NetworkPolicy payments/drawbridge-default-deny`. */
export const describeRef = (ref: ObjectRef): string =>
  `${ref.kind} ${ref.namespace === '' ? '' : `${ref.namespace}/`}${ref.name}`;

/** Where the API server serves a kind. */
export interface KindInfo {
  readonly kind: string;
  /** `''` is the core group. */
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly namespaced: boolean;
}

/** `networking.k8s.io/v1`, or `v1` for the core group. */
export const apiVersionOf = (kind: KindInfo): string =>
  kind.group === '' ? kind.version : `${kind.group}/${kind.version}`;

/**
 * The URL path of a collection or, with a name, of one object. A name is escaped but keeps its case
 * (`system:Foo` is another ClusterRole than `system:foo`). No namespace means all namespaces.
 */
export function pathOf(kind: KindInfo, namespace = '', name = '', subresource = ''): string {
  const root = kind.group === '' ? `/api/${kind.version}` : `/apis/${kind.group}/${kind.version}`;
  const scope = namespace === '' ? '' : `/namespaces/${encodeURIComponent(namespace)}`;
  const object = name === '' ? '' : `/${encodeURIComponent(name)}`;
  const sub = subresource === '' ? '' : `/${subresource}`;
  return `${root}${scope}/${kind.plural}${object}${sub}`;
}

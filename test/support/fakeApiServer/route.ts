/** What a URL asks for. */
export interface Route {
  /** `networking.k8s.io/networkpolicies`; the core group is ''. */
  readonly collection: string;
  readonly apiVersion: string;
  readonly namespace: string;
  readonly name: string;
}

const ROUTE = /^\/(?:api|apis\/([^/]+))\/([^/]+)(?:\/namespaces\/([^/]+)(?=\/))?\/([^/]+)(?:\/([^/]+))?(?:\/[^/]+)?$/;

/** Undefined for what is not a collection or an object. */
export function routeOf(path: string): Route | undefined {
  const match = ROUTE.exec(path);
  if (match === null) return undefined;
  const [, group = '', version = '', namespace = '', plural = '', name = ''] = match;
  return {
    collection: `${group}/${plural}`,
    apiVersion: group === '' ? version : `${group}/${version}`,
    namespace: decodeURIComponent(namespace),
    name: decodeURIComponent(name),
  };
}

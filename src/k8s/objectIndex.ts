import type { Entry } from './entry.ts';

/**
 * Read access to known objects. `kube/store` implements it over watches and the command line over files; both pass
 * test/k8s/objectIndexContract.ts, so that every decision is the same from either.
 */
export interface ObjectIndex {
  /** One object; `namespace` is `''` for cluster-scoped kinds. */
  get(kind: string, namespace: string, name: string): Entry | undefined;
  inNamespace(kind: string, namespace: string): Iterable<Entry>;
  ofKind(kind: string): Iterable<Entry>;
}

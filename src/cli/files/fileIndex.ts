import type { Entry } from '../../k8s/entry.ts';
import type { ObjectIndex } from '../../k8s/objectIndex.ts';

/** The objects of files, as the operator sees those of a cluster. Of two with one name the last is kept. */
export function fileIndex(entries: readonly Entry[]): ObjectIndex {
  const known = new Map(entries.map((entry) => [keyOf(entry.kind, entry.namespace, entry.name), entry]));
  const all = [...known.values()];
  return {
    get: (kind, namespace, name) => known.get(keyOf(kind, namespace, name)),
    inNamespace: (kind, namespace) => all.filter((entry) => entry.kind === kind && entry.namespace === namespace),
    ofKind: (kind) => all.filter((entry) => entry.kind === kind),
  };
}

/** No name has a slash. */
const keyOf = (kind: string, namespace: string, name: string): string => `${kind}/${namespace}/${name}`;

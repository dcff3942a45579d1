import type { Entry } from '../../k8s/entry.ts';
import { grouped } from '../../k8s/grouped.ts';
import type { ObjectIndex } from '../../k8s/objectIndex.ts';
import { keyOf } from '../../k8s/ref.ts';

/** The objects of files, as the operator sees those of a cluster. Of two with one name the last is kept. */
export function fileIndex(entries: readonly Entry[]): ObjectIndex {
  const known = new Map(entries.map((entry) => [keyOf(entry), entry]));
  const all = [...known.values()];
  const ofKind = grouped(all, ({ kind }) => kind);
  const inNamespace = grouped(all, ({ kind, namespace }) => `${kind}/${namespace}`);
  return {
    get: (kind, namespace, name) => known.get(keyOf({ kind, namespace, name })),
    inNamespace: (kind, namespace) => inNamespace.get(`${kind}/${namespace}`) ?? [],
    ofKind: (kind) => ofKind.get(kind) ?? [],
  };
}

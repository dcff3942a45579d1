import type { Entry } from '../../src/k8s/entry.ts';
import type { ObjectIndex } from '../../src/k8s/objectIndex.ts';
import type { ObjectRef } from '../../src/k8s/ref.ts';
import { keyOf } from '../../src/k8s/ref.ts';

/** An ObjectIndex in memory that tests change as they like. */
export interface MutableIndex extends ObjectIndex {
  set(...entries: readonly Entry[]): void;
  delete(ref: ObjectRef): void;
}

export function createIndex(...start: readonly Entry[]): MutableIndex {
  const entries = new Map<string, Entry>();
  const set = (...more: readonly Entry[]): void => {
    for (const entry of more) entries.set(keyOf(entry), entry);
  };
  set(...start);
  return {
    get: (kind, namespace, name) => entries.get(keyOf({ kind, namespace, name })),
    inNamespace: (kind, namespace) => [...entries.values()].filter((e) => e.kind === kind && e.namespace === namespace),
    ofKind: (kind) => [...entries.values()].filter((e) => e.kind === kind),
    set,
    delete: (ref) => void entries.delete(keyOf(ref)),
  };
}

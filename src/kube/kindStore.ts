import type { Entry } from '../k8s/entry.ts';

/** The entries of one kind, by namespace and name. Namespaces without entries take no room. */
export interface KindStore {
  get(namespace: string, name: string): Entry | undefined;
  /** Puts an entry in the place of the one of its namespace and name. */
  set(entry: Entry): void;
  delete(namespace: string, name: string): void;
  /** May be iterated more than once; shows the entries of the moment, also to a loop under way. */
  inNamespace(namespace: string): Iterable<Entry>;
  all(): Iterable<Entry>;
  size(): number;
}

export function createKindStore(): KindStore {
  const namespaces = new Map<string, Map<string, Entry>>();
  let size = 0;
  function* all(): Generator<Entry> {
    for (const entries of namespaces.values()) yield* entries.values();
  }
  return {
    get: (namespace, name) => namespaces.get(namespace)?.get(name),
    set: (entry) => {
      let entries = namespaces.get(entry.namespace);
      if (entries === undefined) {
        entries = new Map();
        namespaces.set(entry.namespace, entries);
      }
      if (!entries.has(entry.name)) size += 1;
      entries.set(entry.name, entry);
    },
    delete: (namespace, name) => {
      const entries = namespaces.get(namespace);
      if (entries?.delete(name) !== true) return;
      size -= 1;
      if (entries.size === 0) namespaces.delete(namespace);
    },
    inNamespace: (namespace) => ({
      [Symbol.iterator]: () => (namespaces.get(namespace) ?? EMPTY).values(),
    }),
    all: () => ({ [Symbol.iterator]: all }),
    size: () => size,
  };
}

const EMPTY: ReadonlyMap<string, Entry> = new Map();

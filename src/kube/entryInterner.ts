import { randomInt } from 'node:crypto';
import type { Entry } from '../k8s/entry.ts';
import { createInterner } from './interner.ts';
import { sameValue } from './structure.ts';

/** Makes the entries of a store share what is equal among them. */
export interface EntryInterner {
  /**
   * The entry as it is kept. It takes the place of `before`, which must not be released any more; what has not changed
   * keeps its identity (`before.body === after.body`).
   */
  keep(entry: Entry, before?: Entry): Entry;
  /** An entry that `keep` returned is gone. */
  release(entry: Entry): void;
  /** Distinct contents, for metrics and tests. */
  size(): number;
}

const SHARED = ['kind', 'namespace', 'name', 'labels', 'annotations', 'finalizers', 'manager', 'body'] as const;

export function createEntryInterner(): EntryInterner {
  // What tenants write is kept here: of values made to have one hash, each would be compared with all before it.
  const interner = createInterner(randomInt(2 ** 32));
  const one = <T>(value: T, before: { readonly value: T } | undefined): T => {
    if (before === undefined) return interner.intern(value);
    // Most updates change little. Comparing is cheaper than hashing, and the use that `before` held goes over.
    if (sameValue(value, before.value)) return before.value;
    const kept = interner.intern(value);
    interner.release(before.value);
    return kept;
  };
  return {
    keep: (entry, before) => {
      const field = <K extends keyof Entry>(name: K): Entry[K] =>
        one(entry[name], before === undefined ? undefined : { value: before[name] });
      return {
        kind: field('kind'),
        namespace: field('namespace'),
        name: field('name'),
        uid: entry.uid,
        resourceVersion: entry.resourceVersion,
        labels: field('labels'),
        annotations: field('annotations'),
        deleting: entry.deleting,
        owned: entry.owned,
        finalizers: field('finalizers'),
        manager: field('manager'),
        body: field('body'),
        // One object's own, shared by nobody.
        ...(entry.content === undefined ? {} : { content: entry.content }),
      };
    },
    release: (entry) => {
      for (const name of SHARED) interner.release(entry[name]);
    },
    size: () => interner.size,
  };
}

import type { Entry } from '../k8s/entry.ts';

/** What a list under way has brought. */
export interface Listing {
  /** The object is in the list. */
  saw(entry: Entry): void;
  /** The object was deleted while the list was streamed. */
  lost(ref: { readonly namespace: string; readonly name: string }): void;
  has(ref: { readonly namespace: string; readonly name: string }): boolean;
  /** The list has an older version than the one known. */
  outdated(entry: Entry): void;
  outdatedEntries(): Iterable<Entry>;
}

export function createListing(): Listing {
  const seen = new Set<string>();
  const older = new Map<string, Entry>();
  return {
    saw: (entry) => seen.add(keyOf(entry)),
    lost: (ref) => {
      seen.delete(keyOf(ref));
      older.delete(keyOf(ref));
    },
    has: (ref) => seen.has(keyOf(ref)),
    outdated: (entry) => older.set(keyOf(entry), entry),
    outdatedEntries: () => older.values(),
  };
}

const keyOf = ({ namespace, name }: { readonly namespace: string; readonly name: string }): string =>
  `${namespace}/${name}`;

import type { Entry } from '../k8s/entry.ts';
import type { Listing } from './listing.ts';

/** Own deletes that the server accepted and the watch has not told of yet. */
export interface Tombstones {
  /** `listing` is the list under way, which may hold the object still. */
  add(uid: string, listing: Listing | undefined): void;
  /** Whether this is older news of something deleted. */
  cover(entry: Entry): boolean;
  /** The watch told of the deletion. */
  clear(uid: string): void;
  /** A list is complete: what was deleted before it began, it does not hold. */
  clearBefore(finished: Listing): void;
}

export function createTombstones(): Tombstones {
  const listings = new Map<string, Listing | undefined>();
  return {
    add: (uid, listing) => listings.set(uid, listing),
    cover: (entry) => {
      if (!listings.has(entry.uid)) return false;
      if (!entry.deleting) return true;
      // A deletionTimestamp is our delete itself, held up by a finalizer: the object is there until that goes.
      listings.delete(entry.uid);
      return false;
    },
    clear: (uid) => listings.delete(uid),
    clearBefore: (finished) => {
      for (const [uid, listing] of listings) if (listing !== finished) listings.delete(uid);
    },
  };
}

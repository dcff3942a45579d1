import type { Entry } from '../k8s/entry.ts';
import { compareVersions } from '../k8s/resourceVersion.ts';
import type { StoreChange } from './changes.ts';
import type { EntryInterner } from './entryInterner.ts';
import type { KindStore } from './kindStore.ts';
import { createKindStore } from './kindStore.ts';
import type { Listing } from './listing.ts';
import { createListing } from './listing.ts';
import { createTombstones } from './tombstones.ts';
import type { Identity, WatchEvent } from './watchEvent.ts';

/** What is known of one kind, kept in the order of resource versions whatever the order in which news comes. */
export interface KindFollower {
  readonly entries: KindStore;
  apply(event: WatchEvent): void;
  acknowledge(entry: Entry): void;
  acknowledgeDelete(ref: { readonly namespace: string; readonly name: string; readonly uid: string }): void;
  isSynced(): boolean;
}

type Source = StoreChange['source'];
type Tell = (before: Entry | undefined, after: Entry | undefined, source: Source) => void;

export function createKindFollower(interner: EntryInterner, tell: Tell): KindFollower {
  const entries = createKindStore();
  const { put, remove } = createEdits(entries, interner, tell);
  const tombstones = createTombstones();
  /** Up to here the watch has told everything. */
  let watched = '';
  let synced = false;
  let listing: Listing | undefined;

  /** What the watch has passed it has told: this version, a newer one, or that the object is gone. */
  const isTold = (resourceVersion: string): boolean => compareVersions(resourceVersion, watched) <= 0;
  const arrive = (entry: Entry) => {
    // A watch that begins too far back tells of objects that are gone since, as if they had just come.
    if (synced && listing === undefined && isTold(entry.resourceVersion)) return;
    listing?.saw(entry);
    if (tombstones.cover(entry)) return;
    const stored = entries.get(entry.namespace, entry.name);
    if (isNews(entry, stored)) put(entry, listing === undefined ? 'watch' : 'list');
    else if (stored?.resourceVersion !== entry.resourceVersion) listing?.outdated(entry);
  };
  const depart = (gone: Identity, source: Source) => {
    const stored = entries.get(gone.namespace, gone.name);
    // A newer object of that name stays: the news is of the one before it.
    if (stored !== undefined && compareVersions(stored.resourceVersion, gone.resourceVersion) <= 0) {
      remove(stored, source);
    }
  };
  const finishList = (finished: Listing, resourceVersion: string) => {
    // A cluster restored from a backup counts from an older version on: then the list holds, whatever we knew.
    const restored = compareVersions(resourceVersion, watched) < 0;
    if (restored) for (const entry of finished.outdatedEntries()) put(entry, 'list');
    for (const entry of [...entries.all()]) {
      // An own write acknowledged after the list's version is not in it.
      const newer = !restored && compareVersions(entry.resourceVersion, resourceVersion) > 0;
      if (!finished.has(entry) && !newer) remove(entry, 'list');
    }
    tombstones.clearBefore(finished);
    listing = undefined;
    watched = resourceVersion;
    synced = true;
  };
  const passed = (resourceVersion: string) => {
    // Objects of a list come in no order: only its end says how far it goes.
    if (listing === undefined && compareVersions(resourceVersion, watched) > 0) watched = resourceVersion;
  };
  return {
    entries,
    apply: (event) => {
      if (event.type === 'interrupted') return;
      if (event.type === 'init') listing = createListing();
      else if (event.type === 'initDone') finishList(listing ?? createListing(), event.resourceVersion);
      else if (event.type === 'apply') {
        arrive(event.entry);
        passed(event.entry.resourceVersion);
      } else {
        passed(event.resourceVersion);
        if (event.type === 'bookmark') return;
        listing?.lost(event);
        if (event.type === 'delete') tombstones.clear(event.uid);
        depart(event, listing === undefined ? 'watch' : 'list');
      }
    },
    acknowledge: (entry) => {
      if (isTold(entry.resourceVersion) || tombstones.cover(entry)) return;
      if (isNews(entry, entries.get(entry.namespace, entry.name))) put(entry, 'write');
    },
    acknowledgeDelete: (ref) => {
      const stored = entries.get(ref.namespace, ref.name);
      // Otherwise the watch was faster: it has told of the deletion, of a successor, or of a finalizer that holds it up.
      if (stored?.uid !== ref.uid || stored.deleting) return;
      tombstones.add(ref.uid, listing);
      remove(stored, 'write');
    },
    isSynced: () => synced,
  };
}

const isNews = (entry: Entry, stored: Entry | undefined): boolean =>
  stored === undefined || compareVersions(entry.resourceVersion, stored.resourceVersion) > 0;

/** The two ways in which entries change; each is told once it is done. */
function createEdits(entries: KindStore, interner: EntryInterner, tell: Tell) {
  return {
    put: (entry: Entry, source: Source) => {
      const before = entries.get(entry.namespace, entry.name);
      const after = interner.keep(entry, before);
      entries.set(after);
      tell(before, after, source);
    },
    remove: (before: Entry, source: Source) => {
      entries.delete(before.namespace, before.name);
      interner.release(before);
      tell(before, undefined, source);
    },
  };
}

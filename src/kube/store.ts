import type { Observable } from 'rxjs';
import { Subject } from 'rxjs';
import type { Entry } from '../k8s/entry.ts';
import type { ObjectIndex } from '../k8s/objectIndex.ts';
import type { StoreChange } from './changes.ts';
import { createChanges } from './changes.ts';
import { createEntryInterner } from './entryInterner.ts';
import type { KindFollower } from './kindFollower.ts';
import { createKindFollower } from './kindFollower.ts';
import type { WatchEvent } from './watchEvent.ts';

export type { StoreChange } from './changes.ts';

/** Names one object that was deleted. */
export interface DeletedRef {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

/** All objects known, from watches and from the answers to own writes, whichever comes first. */
export interface Store extends ObjectIndex {
  /** Takes what `watchKind` emits. */
  apply(kind: string, event: WatchEvent): void;
  /** The answer to an own create or update: in at once, unless the watch is past it already. */
  acknowledge(entry: Entry): void;
  /** An own delete that the server accepted: gone at once, whatever older events of that uid still come. */
  acknowledgeDelete(ref: DeletedRef): void;
  /**
   * Real changes only, synchronously, when the store already holds them. A subscriber that throws stays subscribed and
   * breaks nothing; its error surfaces through rxjs's `config.onUnhandledError`.
   */
  readonly changes$: Observable<StoreChange>;
  /** A kind, each time that a list of it is whole: at its start, after 410, and when it is served again. */
  readonly listed$: Observable<string>;
  /** Whether the kind was listed once. It stays so through outages: what is known stays readable. */
  isSynced(kind: string): boolean;
  /** Resolves when all of them are; never rejects. At once when they are already. */
  synced(kinds: readonly string[]): Promise<void>;
  size(kind: string): number;
  kinds(): readonly string[];
  /** The kind is no longer watched: it is not synced, and its entries go without being told as changes. */
  forget(kind: string): void;
}

/** `kinds` start out empty and not synced; others are added when an event of them comes. */
export function createStore(kinds: readonly string[]): Store {
  const interner = createEntryInterner();
  const { changes$, tell } = createChanges();
  const waiters = new Set<{ readonly kinds: readonly string[]; readonly resolve: () => void }>();
  const followers = new Map<string, KindFollower>();
  const listed = new Subject<string>();
  const settleWaiters = () => {
    for (const waiter of waiters) {
      if (!waiter.kinds.every(isSynced)) continue;
      waiters.delete(waiter);
      waiter.resolve();
    }
  };
  const of = (kind: string): KindFollower => {
    const known = followers.get(kind);
    if (known !== undefined) return known;
    const made = createKindFollower(interner, (before, after, source) => tell({ kind, before, after, source }));
    followers.set(kind, made);
    return made;
  };
  const isSynced = (kind: string): boolean => followers.get(kind)?.isSynced() ?? false;
  for (const kind of kinds) of(kind);
  return {
    get: (kind, namespace, name) => followers.get(kind)?.entries.get(namespace, name),
    // A kind that is only asked for is not watched, and is none that the metrics have.
    inNamespace: (kind, namespace) => followers.get(kind)?.entries.inNamespace(namespace) ?? [],
    ofKind: (kind) => followers.get(kind)?.entries.all() ?? [],
    apply: (kind, event) => {
      of(kind).apply(event);
      if (event.type !== 'initDone') return;
      settleWaiters();
      listed.next(kind);
    },
    acknowledge: (entry) => of(entry.kind).acknowledge(entry),
    acknowledgeDelete: (ref) => of(ref.kind).acknowledgeDelete(ref),
    changes$,
    listed$: listed,
    isSynced,
    synced: (wanted) =>
      wanted.every(isSynced)
        ? Promise.resolve()
        : new Promise((resolve) => {
            waiters.add({ kinds: wanted, resolve });
          }),
    size: (kind) => followers.get(kind)?.entries.size() ?? 0,
    kinds: () => [...followers.keys()],
    forget: (kind) => {
      for (const entry of followers.get(kind)?.entries.all() ?? []) interner.release(entry);
      if (followers.delete(kind)) of(kind);
    },
  };
}

/** Drift goes before start, edits and facts; one in eight is taken from bulk, so that neither starves. */
export type Lane = 'live' | 'bulk';

/** The keys that are ready, in order of arrival within their lane, each with the time it was first asked for. */
export interface Lanes {
  /** A key is in one lane only; live wins. The earliest time stays. */
  add(key: string, lane: Lane, sinceMs: number): void;
  delete(key: string): void;
  has(key: string): boolean;
  /** The next key, or undefined. `liveOnly` leaves bulk alone. */
  take(liveOnly: boolean): { readonly key: string; readonly sinceMs: number } | undefined;
  size(lane: Lane): number;
  /** Since when the key waits that would be taken next from a lane; undefined when it is empty. */
  oldestMs(lane: Lane): number | undefined;
}

const BULK_SHARE = 8;

export function createLanes(): Lanes {
  const keys: Readonly<Record<Lane, Map<string, number>>> = { live: new Map(), bulk: new Map() };
  let taken = 0;

  const takeFrom = (lane: Lane): { key: string; sinceMs: number } | undefined => {
    for (const [key, sinceMs] of keys[lane]) {
      keys[lane].delete(key);
      taken += 1;
      return { key, sinceMs };
    }
    return undefined;
  };

  return {
    add: (key, lane, sinceMs) => {
      const since = keys.live.get(key) ?? keys.bulk.get(key) ?? sinceMs;
      if (lane === 'live') keys.bulk.delete(key);
      if (lane === 'live' || !keys.live.has(key)) keys[lane].set(key, since);
    },
    delete: (key) => {
      keys.live.delete(key);
      keys.bulk.delete(key);
    },
    has: (key) => keys.live.has(key) || keys.bulk.has(key),
    take: (liveOnly) => {
      if (liveOnly) return takeFrom('live');
      const bulkTurn = taken % BULK_SHARE === BULK_SHARE - 1;
      return bulkTurn ? (takeFrom('bulk') ?? takeFrom('live')) : (takeFrom('live') ?? takeFrom('bulk'));
    },
    size: (lane) => keys[lane].size,
    oldestMs: (lane) => keys[lane].values().next().value,
  };
}

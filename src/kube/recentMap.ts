/** A map that forgets what was not used for so long, and what was used longest ago once it holds more than its limit. */
export interface RecentMap<K, V> {
  /** Counts as a use. */
  get(key: K, nowMs: number): V | undefined;
  /** Counts as a use; what is too old is forgotten now. */
  set(key: K, value: V, nowMs: number): void;
  delete(key: K): void;
  size(): number;
}

/** `keepMs`: how long what is not used is kept at least. */
export function createRecentMap<K, V>(limit: number, keepMs: number): RecentMap<K, V> {
  // A Map iterates in the order of insertion: what was used is put at the end.
  const map = new Map<K, { readonly value: V; readonly usedMs: number }>();
  const use = (key: K, value: V, nowMs: number) => {
    map.delete(key);
    map.set(key, { value, usedMs: nowMs });
  };
  return {
    get: (key, nowMs) => {
      const known = map.get(key);
      if (known !== undefined) use(key, known.value, nowMs);
      return known?.value;
    },
    set: (key, value, nowMs) => {
      use(key, value, nowMs);
      for (const [oldest, { usedMs }] of map) {
        if (map.size <= limit && nowMs - usedMs < keepMs) break;
        map.delete(oldest);
      }
    },
    delete: (key) => {
      map.delete(key);
    },
    size: () => map.size,
  };
}

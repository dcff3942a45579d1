/** A map that forgets what was used longest ago once it holds more than its limit. */
export interface RecentMap<K, V> {
  /** Counts as a use. */
  get(key: K): V | undefined;
  set(key: K, value: V): void;
  delete(key: K): void;
}

export function createRecentMap<K, V>(limit: number): RecentMap<K, V> {
  // A Map iterates in the order of insertion: what was used is put at the end.
  const map = new Map<K, V>();
  const set = (key: K, value: V) => {
    map.delete(key);
    map.set(key, value);
    if (map.size <= limit) return;
    for (const oldest of map.keys()) {
      map.delete(oldest);
      break;
    }
  };
  return {
    get: (key) => {
      const value = map.get(key);
      if (value !== undefined) set(key, value);
      return value;
    },
    set,
    delete: (key) => {
      map.delete(key);
    },
  };
}

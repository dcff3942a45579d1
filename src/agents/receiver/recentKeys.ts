/** A set that forgets: it knows at least the last `limit / 2` keys that were added, and holds at most `limit`. */
export interface RecentKeys {
  /** `false` when the key is known already. */
  add(key: string): boolean;
  size(): number;
}

/**
 * Two generations: when the younger is full it becomes the older, and the older is forgotten. So forgetting costs nothing
 * per key; 262,144 keys of 16 bytes take 13 MiB.
 */
export function createRecentKeys(limit: number): RecentKeys {
  let older = new Set<string>();
  let younger = new Set<string>();
  return {
    add: (key) => {
      if (younger.has(key) || older.has(key)) return false;
      younger.add(key);
      if (younger.size * 2 >= limit) {
        older = younger;
        younger = new Set();
      }
      return true;
    },
    size: () => older.size + younger.size,
  };
}

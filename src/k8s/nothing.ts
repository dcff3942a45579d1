/**
 * One empty map and one empty set for all. V8 gives each of its own a table of some two hundred bytes, and of most of ten
 * thousand namespaces there is nothing to remember.
 */
export const NO_ENTRIES: ReadonlyMap<string, never> = new Map<string, never>();
export const NO_MEMBERS: ReadonlySet<never> = new Set();

/** The map, or the shared one where it is empty. */
export const entriesOf = <V>(map: ReadonlyMap<string, V>): ReadonlyMap<string, V> =>
  map.size === 0 ? NO_ENTRIES : map;

import type { Interval } from '../model/bodies.ts';

/** Sorted, and merged where they overlap or touch. */
export function mergeIntervals(intervals: readonly Interval[]): readonly Interval[] {
  const merged: Interval[] = [];
  for (const next of intervals.toSorted(byFirst)) {
    const last = merged.at(-1);
    if (last === undefined || next.first > last.last + 1n) merged.push(next);
    else if (next.last > last.last) merged[merged.length - 1] = { first: last.first, last: next.last };
  }
  return merged;
}

/** What is left of one interval without the others. */
export function subtractIntervals(from: Interval, holes: readonly Interval[]): readonly Interval[] {
  const left: Interval[] = [];
  let first = from.first;
  for (const hole of mergeIntervals(holes)) {
    if (hole.last < first || hole.first > from.last) continue;
    if (hole.first > first) left.push({ first, last: hole.first - 1n });
    first = hole.last + 1n;
  }
  if (first <= from.last) left.push({ first, last: from.last });
  return left;
}

/** How many addresses of `space` merged intervals hold. */
export function coveredOf(space: Interval, merged: readonly Interval[]): bigint {
  let sum = 0n;
  for (const { first, last } of merged) {
    const from = first > space.first ? first : space.first;
    const to = last < space.last ? last : space.last;
    if (from <= to) sum += to - from + 1n;
  }
  return sum;
}

const byFirst = (a: Interval, b: Interval): number => (a.first === b.first ? 0 : a.first < b.first ? -1 : 1);

/** From and until, in milliseconds of the wall clock; the end is not part of it. */
export interface Interval {
  readonly fromMs: number;
  readonly untilMs: number;
}

/** Sorted, and joined where they overlap or touch. */
export function joined(intervals: readonly Interval[]): readonly Interval[] {
  const all: Interval[] = [];
  for (const next of intervals.toSorted((a, b) => a.fromMs - b.fromMs)) {
    const last = all.at(-1);
    if (last === undefined || next.fromMs > last.untilMs) all.push(next);
    else all[all.length - 1] = { fromMs: last.fromMs, untilMs: Math.max(last.untilMs, next.untilMs) };
  }
  return all;
}

/** What is left of one interval without the others. */
export function without(from: Interval, others: readonly Interval[]): readonly Interval[] {
  const left: Interval[] = [];
  let fromMs = from.fromMs;
  for (const other of joined(others)) {
    if (other.untilMs <= fromMs) continue;
    if (other.fromMs >= from.untilMs) break;
    if (other.fromMs > fromMs) left.push({ fromMs, untilMs: other.fromMs });
    fromMs = other.untilMs;
  }
  if (fromMs < from.untilMs) left.push({ fromMs, untilMs: from.untilMs });
  return left;
}

export const lengthOf = (intervals: readonly Interval[]): number =>
  intervals.reduce((sum, { fromMs, untilMs }) => sum + untilMs - fromMs, 0);

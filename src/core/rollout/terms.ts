import type { RolloutSpec } from '../../api/types.ts';

const UNITS_MS: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1_000, ms: 1 };
const MAX_PAUSE_MS = 24 * 3_600_000;

/** How many of `total` namespaces are changed at once: at least one, a percentage rounded up. */
export function batchOf({ batch }: RolloutSpec, total: number): number {
  const percent = typeof batch === 'string' ? /^(\d+)%$/.exec(batch)?.[1] : undefined;
  // What the schema would refuse goes the slowest way.
  const size = percent === undefined ? Number(batch) : Math.ceil((total * Number(percent)) / 100);
  return Number.isInteger(size) ? Math.max(1, size) : 1;
}

/** The pause between two batches in ms, from a duration as Go writes it: `60s`, `1h30m`. What it cannot read is a day. */
export function pauseMsOf({ pause }: RolloutSpec): number {
  if (!/^(\d+(?:h|ms|m|s))+$/.test(pause)) return MAX_PAUSE_MS;
  const parts = [...pause.matchAll(/(\d+)(h|ms|m|s)/g)];
  const sumMs = parts.reduce((sum, [, count, unit]) => sum + Number(count) * (UNITS_MS[unit ?? ''] ?? 0), 0);
  return Math.min(MAX_PAUSE_MS, sumMs);
}

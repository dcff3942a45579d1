import { parseDuration } from '../../operator/duration.ts';

const DAYS = /^(\d+)d$/;
const INSTANT = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/;

/**
 * A time as events have it (UTC, microseconds) from what people write: `30d`, `12h`, or RFC 3339.
 * @param nowMs milliseconds since 1970. Throws a sentence that says what to write instead.
 */
export function parseSince(value: string, nowMs: number): string {
  const instant = INSTANT.test(value) ? Date.parse(value) : nowMs - lengthOf(value);
  if (Number.isNaN(instant)) throw new Error(`"${value}" is no time: write "30d", "12h" or "2026-11-01T00:00:00Z"`);
  return new Date(instant).toISOString().replace('Z', '000Z');
}

function lengthOf(value: string): number {
  const days = DAYS.exec(value)?.[1];
  if (days !== undefined) return Number(days) * 86_400_000;
  try {
    return parseDuration(value);
  } catch {
    return Number.NaN;
  }
}

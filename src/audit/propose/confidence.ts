import type { Span, SubjectUsage } from '../usage/usage.ts';
import { describeSeconds, secondsOf } from './instant.ts';

/** How far a stretch of a log can be trusted to show all that a subject does. */
export interface Confidence {
  readonly level: 'low' | 'medium' | 'high';
  /** Why it is no more; empty: it is high. */
  readonly reasons: readonly string[];
  /** Seconds from the first use by the subject to the end of the log. */
  readonly windowSeconds: number;
  /** Seconds at the end in which the subject used nothing that it had not used before. */
  readonly quietSeconds: number;
  /** Requests that were authorized. */
  readonly uses: number;
}

const DAY = 86_400;
/**
 * A month has the jobs of a month's end in it, a week those of a night and a weekend. Besides, the last half or quarter of
 * it must have brought nothing new: as long as new rights come, more will.
 */
const LEVELS = [
  { level: 'high', windowSeconds: 30 * DAY, quietShare: 1 / 2 },
  { level: 'medium', windowSeconds: 7 * DAY, quietShare: 1 / 4 },
] as const;

/** For a subject in a log that ends when `observed` does. */
export function confidenceOf(observed: Span | undefined, { used, dropped }: SubjectUsage): Confidence {
  const end = secondsOf(observed?.last ?? '');
  const firsts = used.map(({ seen }) => secondsOf(seen.first));
  const windowSeconds = firsts.length === 0 ? 0 : end - Math.min(...firsts);
  const quietSeconds = firsts.length === 0 ? 0 : end - Math.max(...firsts);
  const found = { windowSeconds, quietSeconds, uses: used.reduce((sum, { count }) => sum + count, 0) };
  const lacks = LEVELS.map(({ level, ...needed }) => ({
    level,
    reasons: reasonsAgainst(level, needed, found, dropped),
  }));
  const level = lacks.find(({ reasons }) => reasons.length === 0)?.level ?? 'low';
  // What it takes to the next better one.
  const reasons = lacks.findLast(({ reasons: against }) => against.length > 0)?.reasons ?? [];
  return { level, reasons, ...found };
}

function reasonsAgainst(
  level: string,
  needed: { readonly windowSeconds: number; readonly quietShare: number },
  found: Pick<Confidence, 'windowSeconds' | 'quietSeconds'>,
  dropped: number,
): readonly string[] {
  const quiet = found.windowSeconds * needed.quietShare;
  return [
    ...(found.windowSeconds < needed.windowSeconds
      ? [
          `it is known for ${describeSeconds(found.windowSeconds)}; ${level} takes ${describeSeconds(needed.windowSeconds)}`,
        ]
      : []),
    ...(found.quietSeconds < quiet
      ? [
          `something new came ${describeSeconds(found.quietSeconds)} before the end; ${level} takes ${describeSeconds(quiet)} without`,
        ]
      : []),
    ...(dropped > 0 ? [`${dropped} pieces of evidence were not kept`] : []),
  ];
}

import type { RolloutSpec } from '../../api/types.ts';
import { batchOf, pauseMsOf } from './terms.ts';

/** What is known of a namespace that was let through: `open` until the look that follows, and who wrote nothing is free. */
export type Standing = 'open' | 'unchanged' | 'changed' | 'troubled';

/** A roll-out of one generation of one baseline, in counts: one step costs the same in any cluster. */
export interface Rollout {
  readonly terms: RolloutSpec;
  /** Namespaces whose turn is still to come. */
  readonly waiting: number;
  /** Let through in batches before this one. */
  readonly before: number;
  /** This batch. */
  readonly batch: Readonly<Record<Standing, number>>;
  /** When the pause after this batch ends; undefined: the batch is not done. */
  readonly pausedUntilMs: number | undefined;
}

export interface Step {
  readonly rollout: Rollout;
  /** So many of those that wait are to be let through now. */
  readonly letThrough: number;
  /** A batch begins: what the one before did is watched no more. */
  readonly anew: boolean;
  /** When to look again, though nothing happens. */
  readonly wakeAtMs: number | undefined;
  readonly phase: 'running' | 'stopped' | 'finished';
}

const EMPTY: Rollout['batch'] = { open: 0, unchanged: 0, changed: 0, troubled: 0 };

export const newRollout = (terms: RolloutSpec): Rollout => ({
  terms,
  waiting: 0,
  before: 0,
  batch: EMPTY,
  pausedUntilMs: undefined,
});

/** So many more wait, or fewer. */
export const withWaiting = (rollout: Rollout, by: number): Rollout => ({ ...rollout, waiting: rollout.waiting + by });

/** A namespace of the batch is in another standing; undefined: it is not one of the batch. */
export function moved(rollout: Rollout, from: Standing | undefined, to: Standing | undefined): Rollout {
  if (from === to) return rollout;
  const batch = { ...rollout.batch };
  if (from !== undefined) batch[from] -= 1;
  if (to !== undefined) batch[to] += 1;
  return { ...rollout, batch };
}

/** Namespaces that have had their turn, and in which something was said of it since. */
export const doneCount = ({ before, batch }: Rollout): number =>
  before + batch.unchanged + batch.changed + batch.troubled;

/** All that the roll-out concerns. */
export const totalCount = (rollout: Rollout): number => doneCount(rollout) + rollout.batch.open + rollout.waiting;

/**
 * What comes next. A namespace in trouble stops everything. A batch is full when so many namespaces were written or may yet
 * be: where nothing differed, the place is free again. Then comes the pause, and then the next batch.
 */
export function step(rollout: Rollout, nowMs: number): Step {
  const rest = { letThrough: 0, anew: false, wakeAtMs: undefined };
  const { batch, waiting, pausedUntilMs, terms } = rollout;
  if (waiting === 0 && batch.open === 0) return { ...rest, rollout, phase: 'finished' };
  if (batch.troubled > 0) return { ...rest, rollout, phase: 'stopped' };
  const running = { ...rest, phase: 'running' } as const;
  if (pausedUntilMs !== undefined && nowMs < pausedUntilMs) return { ...running, rollout, wakeAtMs: pausedUntilMs };
  if (pausedUntilMs !== undefined) return { ...started(rollout), anew: true };
  const free = batchOf(terms, totalCount(rollout)) - batch.open - batch.changed;
  if (free > 0) return started(rollout);
  if (batch.open > 0) return { ...running, rollout };
  const untilMs = nowMs + pauseMsOf(terms);
  return { ...running, rollout: { ...rollout, pausedUntilMs: untilMs }, wakeAtMs: untilMs };
}

/** Fills the batch, or a new one after the pause. */
function started(rollout: Rollout): Step {
  const next =
    rollout.pausedUntilMs === undefined
      ? rollout
      : { ...rollout, before: doneCount(rollout), batch: EMPTY, pausedUntilMs: undefined };
  const free = batchOf(next.terms, totalCount(next)) - next.batch.open - next.batch.changed;
  const letThrough = Math.min(free, next.waiting);
  const opened = { ...next.batch, open: next.batch.open + letThrough };
  return {
    rollout: { ...next, waiting: next.waiting - letThrough, batch: opened },
    letThrough,
    anew: false,
    wakeAtMs: undefined,
    phase: 'running',
  };
}

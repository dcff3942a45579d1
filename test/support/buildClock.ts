import type { Clock } from '../../src/operator/clock.ts';

/** Time that passes only when a test says so. */
export interface VirtualClock extends Clock {
  /** Lets time pass: timers that come due run in order, and what they started settles before the next. */
  advance(ms: number): Promise<void>;
  /** Lets time pass without running anything: work that takes so long. */
  spend(ms: number): void;
  /** Runs what waits for the event loop to have been round once. */
  turn(): Promise<void>;
  /** The delay of every timer that was ever set. */
  readonly delays: readonly number[];
  /** How many wait for the next turn. */
  waiting(): number;
}

export function createClock(random = 0.5): VirtualClock {
  let nowMs = 0;
  const timers: { atMs: number; run: () => void }[] = [];
  const delays: number[] = [];
  let soons: (() => void)[] = [];
  const remove = <T>(list: T[], item: T): void => {
    const at = list.indexOf(item);
    if (at >= 0) list.splice(at, 1);
  };
  return {
    nowMs: () => nowMs,
    timestamp: () => new Date(Date.UTC(2026, 0, 1) + nowMs).toISOString(),
    random: () => random,
    after: (delayMs, run) => {
      const timer = { atMs: nowMs + delayMs, run };
      delays.push(delayMs);
      timers.push(timer);
      return () => remove(timers, timer);
    },
    soon: (run) => {
      soons.push(run);
      return () => remove(soons, run);
    },
    advance: async (ms) => {
      const untilMs = nowMs + ms;
      for (;;) {
        await settle();
        const next = timers.toSorted((a, b) => a.atMs - b.atMs)[0];
        if (next === undefined || next.atMs > untilMs) break;
        remove(timers, next);
        nowMs = Math.max(nowMs, next.atMs);
        next.run();
      }
      nowMs = untilMs;
      await settle();
    },
    spend: (ms) => {
      nowMs += ms;
    },
    turn: async () => {
      await settle();
      const due = soons;
      soons = [];
      for (const run of due) run();
      await settle();
    },
    delays,
    waiting: () => soons.length,
  };
}

/** Everything that promises have to do in this turn. */
export const settle = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });

import type { Clock } from '../clock.ts';

/**
 * The pulse of the event loop. It tells apart the time in which this process could do something from the time in which it
 * could not: it was stopped, its machine slept, or something held up the loop.
 */
export interface Heartbeat {
  /** Taken once a second, late when the loop is held up. */
  beat(nowMs: number): void;
  /**
   * How long the process was awake since it started, in milliseconds: what judges others by their silence goes by this
   * clock, or a process that was stopped for minutes would find everything stuck when it goes on.
   */
  awakeMs(): number;
  /** Why the event loop cannot be relied on, or undefined. */
  failing(): string | undefined;
}

export const BEAT_MS = 1_000;
/** A beat that is less than this late is the ordinary work of a busy loop. */
const HELD_UP_MS = 1_000;
/**
 * Longer ones count as this much: while the loop is blocked in one piece, nothing answers the kubelet, which needs no help
 * of ours, and a machine that slept for an hour is well when it wakes.
 */
const COUNTED_MS = 10_000;
/**
 * The last minute, in which a longer hold-up takes up no more than is counted of it: else a loop that is blocked for 25 s of
 * every 30 would never have three of them in one minute, and between them it answers a probe of the kubelet's now and then.
 */
const WINDOW_MS = 60_000;
/** Of the window. */
const LIMIT_MS = WINDOW_MS / 3;

export function createHeartbeat(startMs: number): Heartbeat {
  let lastMs = startMs;
  let awakeMs = 0;
  let windowMs = 0;
  let heldUps: readonly { readonly atMs: number; readonly countedMs: number }[] = [];
  return {
    beat: (nowMs) => {
      const elapsedMs = Math.max(0, nowMs - lastMs);
      const lateMs = elapsedMs - BEAT_MS;
      lastMs = nowMs;
      awakeMs += Math.min(elapsedMs, BEAT_MS + HELD_UP_MS);
      windowMs += Math.min(elapsedMs, BEAT_MS + COUNTED_MS);
      heldUps = heldUps.filter(({ atMs }) => atMs > windowMs - WINDOW_MS);
      if (lateMs >= HELD_UP_MS) heldUps = [...heldUps, { atMs: windowMs, countedMs: Math.min(lateMs, COUNTED_MS) }];
    },
    awakeMs: () => awakeMs,
    failing: () => {
      const sumMs = heldUps.reduce((sum, { countedMs }) => sum + countedMs, 0);
      if (sumMs <= LIMIT_MS) return undefined;
      return `the event loop was held up for ${(sumMs / 1_000).toFixed(0)} s of the last minute`;
    },
  };
}

/** Beats once a second, then calls `onBeat`; the answer stops it. */
export function keepBeating(heartbeat: Heartbeat, clock: Clock, onBeat: () => void): () => void {
  let cancel = (): void => {};
  const next = (): void => {
    cancel = clock.after(BEAT_MS, () => {
      heartbeat.beat(clock.nowMs());
      onBeat();
      next();
    });
  };
  next();
  return () => cancel();
}

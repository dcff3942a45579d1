import type { Clock } from './clock.ts';
import type { Lane } from './lanes.ts';

/** One key's turn. */
export interface Work {
  readonly key: string;
  /** When it was first asked for, in the clock's milliseconds: the start of a repair's latency. */
  readonly sinceMs: number;
  readonly signal: AbortSignal;
}

export type WorkResult =
  | { readonly result: 'done' /** Look again then, in the clock's milliseconds. */; readonly againAtMs?: number }
  | {
      readonly result: 'retry';
      /** At least so long, beside the back-off. */
      readonly afterMs?: number;
      /** Look again then if that is earlier, for what did not fail. */
      readonly againAtMs?: number;
    };

export interface Settled {
  readonly key: string;
  readonly result: 'success' | 'error' | 'requeue_after';
  readonly error?: unknown;
  readonly durationMs: number;
  readonly waitedMs: number;
}

export interface QueueOptions {
  readonly clock: Clock;
  readonly concurrency: number;
  /** How long a lane still has to wait although keys are ready, in ms; `waitedMs`: how long its next key has. Absent: 0. */
  readonly giveWayMs?: (lane: Lane, waitedMs: number) => number;
}

export interface QueueStats {
  readonly live: number;
  readonly bulk: number;
  readonly delayed: number;
  readonly running: number;
  readonly adds: number;
  readonly retries: number;
  readonly started: number;
  readonly settled: number;
  /** How long the longest running key has run. */
  readonly longestMs: number;
}

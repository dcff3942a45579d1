import type { Observable } from 'rxjs';
import type { Clock } from './clock.ts';
import type { Lane } from './lanes.ts';
import { enqueue, pump, retryNow, schedule } from './pump.ts';
import { createState, isBusy, statsOf } from './queueState.ts';

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

export interface Queue {
  add(key: string, lane: Lane): void;
  /** Asks for a key at a time of the clock, unless it is asked for earlier. */
  addAt(key: string, atMs: number): void;
  /** Failed keys do not wait for their back-off any longer, only for what the server asked (`afterMs`). */
  retryNow(): void;
  /** Forgets a key that waits; one that runs finishes. */
  forget(key: string): void;
  readonly settled$: Observable<Settled>;
  stats(): QueueStats;
  /** Whether a key is ready or runs. */
  isBusy(): boolean;
  /** Takes nothing more, finishes what is ready or runs, then resolves. */
  drain(): Promise<void>;
  /** Aborts what runs. */
  abort(): void;
}

/**
 * Runs `work` once for each distinct key: waiting keys collapse, a key never runs twice at once, and one asked for while
 * it runs runs once more. A live key starts in the same turn: a timer would cost a millisecond of a four-millisecond
 * repair. A failed key comes again after a jittered, doubling delay (5 ms to 5 min), reset by success. An exception in
 * `work` is a failure of its key and never ends the queue.
 */
export function createQueue(work: (work: Work) => Promise<WorkResult>, options: QueueOptions): Queue {
  const q = createState(work, options);
  return {
    add: (key, lane) => {
      if (q.drained !== undefined) return;
      enqueue(q, key, lane);
      pump(q);
    },
    addAt: (key, atMs) => {
      if (!q.lanes.has(key)) schedule(q, key, atMs);
    },
    retryNow: () => retryNow(q),
    forget: (key) => {
      q.lanes.delete(key);
      q.delays.remove(key);
      q.retries.forget(key);
    },
    settled$: q.settled,
    stats: () => statsOf(q),
    isBusy: () => isBusy(q),
    drain: () =>
      new Promise<void>((resolve) => {
        q.drained = resolve;
        q.cancelTimer();
        q.cancelWait?.();
        pump(q);
      }),
    abort: () => q.aborts.abort(),
  };
}

import type { Observable } from 'rxjs';
import type { Lane } from './lanes.ts';
import { enqueue, pump, retryNow, schedule } from './pump.ts';
import { createState, isBusy, statsOf } from './queueState.ts';
import type { QueueOptions, QueueStats, Settled, Work, WorkResult } from './work.ts';

export type { QueueOptions, QueueStats, Settled, Work, WorkResult } from './work.ts';

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

import type { Lane } from '../../src/operator/lanes.ts';
import type { Queue, Settled, Work, WorkResult } from '../../src/operator/queue.ts';
import { createQueue } from '../../src/operator/queue.ts';
import type { VirtualClock } from '../support/buildClock.ts';
import { createClock, settle } from '../support/buildClock.ts';

export const DONE: WorkResult = { result: 'done' };
export const RETRY: WorkResult = { result: 'retry' };

export interface Bench {
  readonly clock: VirtualClock;
  readonly queue: Queue;
  /** `key@time` of every start. */
  readonly started: string[];
  readonly work: Work[];
  readonly settled: Settled[];
  /** Ends the oldest run of a key. */
  finish(key: string, result?: WorkResult): Promise<void>;
}

/** A queue whose work ends when the test says so, or at once with what `answer` gives. */
export function bench(
  options: {
    concurrency?: number;
    random?: number;
    answer?: (work: Work) => WorkResult;
    clock?: VirtualClock;
    giveWayMs?: (lane: Lane, waitedMs: number) => number;
  } = {},
): Bench {
  const clock = options.clock ?? createClock(options.random ?? 1);
  const started: string[] = [];
  const work: Work[] = [];
  const settled: Settled[] = [];
  const open: { key: string; end: (result: WorkResult) => void }[] = [];
  const queue = createQueue(
    (item) => {
      started.push(`${item.key}@${clock.nowMs()}`);
      work.push(item);
      if (options.answer !== undefined) return Promise.resolve(options.answer(item));
      return new Promise((resolve) => open.push({ key: item.key, end: resolve }));
    },
    {
      clock,
      concurrency: options.concurrency ?? 4,
      ...(options.giveWayMs === undefined ? {} : { giveWayMs: options.giveWayMs }),
    },
  );
  queue.settled$.subscribe((event) => settled.push(event));
  return {
    clock,
    queue,
    started,
    work,
    settled,
    finish: async (key, result = DONE) => {
      const at = open.findIndex((run) => run.key === key);
      if (at < 0) throw new Error(`${key} does not run`);
      open.splice(at, 1)[0]?.end(result);
      await settle();
    },
  };
}

import type { Observable } from 'rxjs';
import { Subject } from 'rxjs';
import type { Clock } from './clock.ts';
import type { Delays } from './delays.ts';
import { createDelays } from './delays.ts';
import type { Lane, Lanes } from './lanes.ts';
import { createLanes } from './lanes.ts';

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
  /** Failed keys do not wait for their back-off any longer. */
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

interface Run {
  readonly startedMs: number;
  again: Lane | undefined;
  againSinceMs: number;
}

interface State {
  readonly work: (work: Work) => Promise<WorkResult>;
  readonly options: QueueOptions;
  readonly lanes: Lanes;
  readonly delays: Delays<string>;
  readonly running: Map<string, Run>;
  readonly attempts: Map<string, number>;
  readonly settled: Subject<Settled>;
  readonly aborts: AbortController;
  adds: number;
  retries: number;
  startedCount: number;
  settledCount: number;
  pumping: boolean;
  /** Bulk waits until the event loop has been round. */
  resting: boolean;
  /** Work done since bulk last gave way. */
  workedMs: number;
  cancelTimer: () => void;
  /** Another queue is served first until then. */
  cancelWait: (() => void) | undefined;
  drained: (() => void) | undefined;
}

const BACKOFF_MS = 5;
const MAX_BACKOFF_MS = 300_000;
/** Bulk gives way to the event loop after so much work in one turn. */
const BULK_BUDGET_MS = 5;
/** A timer is never longer, so that a machine that slept looks at the clock soon (DESIGN §4). */
const MAX_TIMER_MS = 60_000;

/**
 * Runs `work` once for each distinct key: waiting keys collapse, a key never runs twice at once, and one asked for while
 * it runs runs once more. A live key starts in the same turn: a timer would cost a millisecond of a four-millisecond
 * repair. A failed key comes again after a jittered, doubling delay (5 ms to 5 min), reset by success. An exception in
 * `work` is a failure of its key and never ends the queue.
 */
export function createQueue(work: (work: Work) => Promise<WorkResult>, options: QueueOptions): Queue {
  const q: State = {
    work,
    options,
    lanes: createLanes(),
    delays: createDelays(),
    running: new Map(),
    attempts: new Map(),
    settled: new Subject(),
    aborts: new AbortController(),
    adds: 0,
    retries: 0,
    startedCount: 0,
    settledCount: 0,
    pumping: false,
    resting: false,
    workedMs: 0,
    cancelTimer: () => {},
    cancelWait: undefined,
    drained: undefined,
  };
  return {
    add: (key, lane) => {
      if (q.drained !== undefined) return;
      enqueue(q, key, lane);
      pump(q);
    },
    addAt: (key, atMs) => {
      if (!q.lanes.has(key)) schedule(q, key, atMs);
    },
    retryNow: () => {
      if (q.drained !== undefined) return;
      const failed = [...q.attempts.keys()];
      q.attempts.clear();
      for (const key of failed) enqueue(q, key, 'live');
      pump(q);
    },
    forget: (key) => {
      q.lanes.delete(key);
      q.delays.remove(key);
      q.attempts.delete(key);
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

function enqueue(q: State, key: string, lane: Lane): void {
  q.adds += 1;
  const nowMs = q.options.clock.nowMs();
  const run = q.running.get(key);
  if (run === undefined) {
    q.delays.remove(key);
    q.lanes.add(key, lane, nowMs);
    return;
  }
  if (run.again === undefined) run.againSinceMs = nowMs;
  run.again = run.again === 'live' ? 'live' : lane;
}

function pump(q: State): void {
  if (q.pumping) return;
  q.pumping = true;
  const { clock, concurrency } = q.options;
  while (q.running.size < concurrency && !givesWay(q)) {
    const next = q.lanes.take(q.resting);
    if (next === undefined) break;
    const startedMs = clock.nowMs();
    start(q, next.key, next.sinceMs);
    q.workedMs += clock.nowMs() - startedMs;
    if (!q.resting && q.workedMs > BULK_BUDGET_MS) rest(q);
  }
  q.pumping = false;
  if (!isBusy(q)) q.drained?.();
}

const isBusy = (q: State): boolean => q.running.size + q.lanes.size('live') + q.lanes.size('bulk') > 0;

/** Whether what is ready has to wait still; then it is asked again when that is over. */
function givesWay(q: State): boolean {
  const { giveWayMs, clock } = q.options;
  if (giveWayMs === undefined || q.drained !== undefined) return false;
  if (q.cancelWait !== undefined) return true;
  const waits = (['live', 'bulk'] as const).flatMap((lane) => {
    const sinceMs = q.lanes.oldestMs(lane);
    return sinceMs === undefined ? [] : [giveWayMs(lane, clock.nowMs() - sinceMs)];
  });
  const waitMs = Math.min(...waits);
  if (waits.length === 0 || waitMs <= 0) return false;
  q.cancelWait = clock.after(waitMs, () => {
    q.cancelWait = undefined;
    pump(q);
  });
  return true;
}

/**
 * The work is summed over pumps: what waits for no answer settles in the same turn and pumps anew, and ten thousand such
 * keys would keep every event waiting.
 */
function rest(q: State): void {
  q.resting = true;
  q.options.clock.soon(() => {
    q.resting = false;
    q.workedMs = 0;
    pump(q);
  });
}

function start(q: State, key: string, sinceMs: number): void {
  const run: Run = { startedMs: q.options.clock.nowMs(), again: undefined, againSinceMs: 0 };
  q.running.set(key, run);
  q.startedCount += 1;
  const finish = (result: WorkResult, error?: unknown): void => settle(q, key, run, sinceMs, result, error);
  try {
    q.work({ key, sinceMs, signal: q.aborts.signal }).then(finish, (error: unknown) =>
      finish({ result: 'retry' }, error),
    );
  } catch (error) {
    finish({ result: 'retry' }, error);
  }
}

function settle(q: State, key: string, run: Run, sinceMs: number, result: WorkResult, error: unknown): void {
  const nowMs = q.options.clock.nowMs();
  q.running.delete(key);
  q.settledCount += 1;
  if (result.result === 'retry') schedule(q, key, nowMs + Math.max(result.afterMs ?? 0, backoff(q, key)));
  else q.attempts.delete(key);
  if (result.againAtMs !== undefined) schedule(q, key, result.againAtMs);
  if (run.again !== undefined && q.drained === undefined) {
    q.delays.remove(key);
    q.lanes.add(key, run.again, run.againSinceMs);
  }
  q.settled.next({
    key,
    result: result.result === 'retry' ? 'error' : result.againAtMs === undefined ? 'success' : 'requeue_after',
    ...(error === undefined ? {} : { error }),
    durationMs: nowMs - run.startedMs,
    waitedMs: run.startedMs - sinceMs,
  });
  pump(q);
}

/** The delay before the next try of a failed key: doubled each time, half of it random. */
function backoff(q: State, key: string): number {
  const attempt = q.attempts.get(key) ?? 0;
  q.attempts.set(key, attempt + 1);
  q.retries += 1;
  const delayMs = Math.min(MAX_BACKOFF_MS, BACKOFF_MS * 2 ** Math.min(attempt, 30));
  return delayMs / 2 + (delayMs / 2) * q.options.clock.random();
}

function schedule(q: State, key: string, atMs: number): void {
  if (q.drained !== undefined) return;
  q.delays.add(key, atMs);
  arm(q);
}

function arm(q: State): void {
  q.cancelTimer();
  const { clock } = q.options;
  const nextMs = q.delays.nextMs();
  if (nextMs === undefined) return;
  q.cancelTimer = clock.after(Math.min(MAX_TIMER_MS, Math.max(0, nextMs - clock.nowMs())), () => {
    for (const key of q.delays.due(clock.nowMs())) enqueue(q, key, 'live');
    arm(q);
    pump(q);
  });
}

const statsOf = (q: State): QueueStats => ({
  live: q.lanes.size('live'),
  bulk: q.lanes.size('bulk'),
  delayed: q.delays.size(),
  running: q.running.size,
  adds: q.adds,
  retries: q.retries,
  started: q.startedCount,
  settled: q.settledCount,
  longestMs: Math.max(0, ...[...q.running.values()].map((run) => q.options.clock.nowMs() - run.startedMs)),
});

import { Subject } from 'rxjs';
import type { Delays } from './delays.ts';
import { createDelays } from './delays.ts';
import type { Lane, Lanes } from './lanes.ts';
import { createLanes } from './lanes.ts';
import type { Retries } from './retries.ts';
import { createRetries } from './retries.ts';
import type { QueueOptions, QueueStats, Settled, Work, WorkResult } from './work.ts';

/** A key whose work is under way. */
export interface Run {
  readonly startedMs: number;
  again: Lane | undefined;
  againSinceMs: number;
}

/** What one queue holds: a key is ready in a lane, waits for its time, or runs. */
export interface QueueState {
  readonly work: (work: Work) => Promise<WorkResult>;
  readonly options: QueueOptions;
  readonly lanes: Lanes;
  readonly delays: Delays<string>;
  readonly running: Map<string, Run>;
  readonly retries: Retries;
  readonly settled: Subject<Settled>;
  readonly aborts: AbortController;
  adds: number;
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

export const createState = (work: QueueState['work'], options: QueueOptions): QueueState => ({
  work,
  options,
  lanes: createLanes(),
  delays: createDelays(),
  running: new Map(),
  retries: createRetries(() => options.clock.random()),
  settled: new Subject(),
  aborts: new AbortController(),
  adds: 0,
  startedCount: 0,
  settledCount: 0,
  pumping: false,
  resting: false,
  workedMs: 0,
  cancelTimer: () => {},
  cancelWait: undefined,
  drained: undefined,
});

/** Whether a key is ready or runs. */
export const isBusy = (q: QueueState): boolean => q.running.size + q.lanes.size('live') + q.lanes.size('bulk') > 0;

export const statsOf = (q: QueueState): QueueStats => ({
  live: q.lanes.size('live'),
  bulk: q.lanes.size('bulk'),
  delayed: q.delays.size(),
  running: q.running.size,
  adds: q.adds,
  retries: q.retries.count(),
  started: q.startedCount,
  settled: q.settledCount,
  longestMs: Math.max(0, ...[...q.running.values()].map((run) => q.options.clock.nowMs() - run.startedMs)),
});

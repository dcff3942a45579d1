import type { Lane } from './lanes.ts';
import type { QueueState, Run } from './queueState.ts';
import { isBusy } from './queueState.ts';
import type { WorkResult } from './work.ts';

/** Bulk gives way to the event loop after so much work in one turn. */
const BULK_BUDGET_MS = 5;
/** A timer is never longer, so that a machine that slept looks at the clock soon (DESIGN §4). */
const MAX_TIMER_MS = 60_000;

/** Makes a key ready; one that runs will run once more. */
export function enqueue(q: QueueState, key: string, lane: Lane): void {
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

/** Asks for a key at a time of the clock. */
export function schedule(q: QueueState, key: string, atMs: number): void {
  if (q.drained !== undefined) return;
  q.delays.add(key, atMs);
  arm(q);
}

function arm(q: QueueState): void {
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

/**
 * What failed is tried now, and what the server asked to wait as soon as it asked. One that runs is being tried already: if
 * that fails too, its back-off is the shortest.
 */
export function retryNow(q: QueueState): void {
  if (q.drained !== undefined) return;
  const nowMs = q.options.clock.nowMs();
  for (const { key, notBeforeMs } of q.retries.reset(nowMs)) {
    if (q.running.has(key)) continue;
    if (notBeforeMs <= nowMs) enqueue(q, key, 'live');
    else if (!q.lanes.has(key)) schedule(q, key, notBeforeMs);
  }
  pump(q);
}

/** Starts what is ready, as far as it may run at once. */
export function pump(q: QueueState): void {
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

/** Whether what is ready has to wait still; then it is asked again when that is over. */
function givesWay(q: QueueState): boolean {
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
function rest(q: QueueState): void {
  q.resting = true;
  q.options.clock.soon(() => {
    q.resting = false;
    q.workedMs = 0;
    pump(q);
  });
}

function start(q: QueueState, key: string, sinceMs: number): void {
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

function settle(q: QueueState, key: string, run: Run, sinceMs: number, result: WorkResult, error: unknown): void {
  const nowMs = q.options.clock.nowMs();
  q.running.delete(key);
  q.settledCount += 1;
  if (result.result === 'retry') schedule(q, key, q.retries.failed(key, nowMs, result.afterMs ?? 0));
  else q.retries.succeeded(key);
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

import type { Clock } from './clock.ts';
import type { Lane } from './lanes.ts';
import type { Queue } from './queue.ts';

/** Says how long what can wait has to, so that it does not compete with repairs for the API server. */
export interface GiveWay {
  /** In milliseconds; 0: go. `waitedMs`: how long it has waited by now. */
  waitMs(lane: Lane, waitedMs: number): number;
}

/** Repairs come in groups: an editor's next attack, the next namespace of many. */
const QUIET_MS = 100;
/**
 * What waited so long goes all the same: someone who attacks without a pause must not silence the reports of others. A
 * start over thousands of namespaces guards them first, and then says so.
 */
const PATIENCE_MS: Readonly<Record<Lane, number>> = { live: 2_000, bulk: 30_000 };

/**
 * Reports and Events tell what was done. Each is a request to the same API server that the next repair waits for
 * (docs/benchmarks.md).
 */
export function createGiveWay(clock: Clock, urgent: Queue): GiveWay {
  let settledMs = Number.NEGATIVE_INFINITY;
  urgent.settled$.subscribe(() => {
    settledMs = clock.nowMs();
  });
  return {
    waitMs: (lane, waitedMs) => {
      const quietMs = urgent.isBusy() ? QUIET_MS : settledMs + QUIET_MS - clock.nowMs();
      return Math.max(0, Math.min(quietMs, PATIENCE_MS[lane] - waitedMs));
    },
  };
}

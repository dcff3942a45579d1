import type { QueueStats } from '../queue.ts';

/** Judges by what a queue says of itself, once a second of the time in which the process is awake. */
export interface QueueWatchdog {
  beat(stats: QueueStats): void;
  failing(): string | undefined;
}

/** Every request a reconcile makes has a time-out of half a minute, and it makes a few in a row. */
const HUNG_BEATS = 300;
/** Longer than anything makes a key wait that is ready: reports give way for half a minute (giveWay.ts). */
const STALLED_BEATS = 60;

/**
 * A queue is stuck when one of its keys has been running for five minutes, or when keys are ready, fewer than `concurrency`
 * run, and nothing begins or ends for one. Keys that wait for their back-off are not ready: a server that is away makes no queue stuck.
 */
export function createQueueWatchdog(concurrency: number): QueueWatchdog {
  let last: QueueStats | undefined;
  let hungBeats = 0;
  let stalledBeats = 0;
  return {
    beat: (stats) => {
      // The longest run is the same one as before exactly when it has become longer.
      const isSameRun = stats.running > 0 && last !== undefined && stats.longestMs > last.longestMs;
      hungBeats = isSameRun ? hungBeats + 1 : 0;
      const isReady = stats.live + stats.bulk > 0 && stats.running < concurrency;
      const stands = last !== undefined && stats.started === last.started && stats.settled === last.settled;
      stalledBeats = isReady && stands ? stalledBeats + 1 : 0;
      last = stats;
    },
    failing: () => {
      if (hungBeats >= HUNG_BEATS) return `a reconciliation has been running for ${hungBeats} s`;
      if (stalledBeats >= STALLED_BEATS) return `keys are ready and nothing has been done for ${stalledBeats} s`;
      return undefined;
    },
  };
}

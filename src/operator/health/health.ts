import type { Clock } from '../clock.ts';
import type { Queue } from '../queue.ts';
import type { Check } from './healthPage.ts';
import { createHeartbeat, keepBeating } from './heartbeat.ts';
import { createQueueWatchdog } from './queueWatchdog.ts';

/** What /healthz asks: whether this process can do its work. A red answer has it started anew, so it must be true. */
export interface Health {
  /** See Heartbeat. */
  readonly awakeMs: () => number;
  /** The checks, which judge from now on. `stuckWatch` says which watch has been silent for too long. */
  checks(stuckWatch: () => string | undefined, queues: Readonly<Record<string, WatchedQueue>>): readonly Check[];
  stop(): void;
}

export interface WatchedQueue {
  readonly queue: Pick<Queue, 'stats'>;
  readonly concurrency: number;
}

/** Beats from now on, until it is stopped. */
export function createHealth(clock: Clock): Health {
  const heartbeat = createHeartbeat(clock.nowMs());
  let onBeat = (): void => {};
  const stop = keepBeating(heartbeat, clock, () => onBeat());
  return {
    awakeMs: heartbeat.awakeMs,
    checks: (stuckWatch, queues) => {
      const watched = Object.entries(queues).map(([name, { queue, concurrency }]) => ({
        name: `queue-${name}`,
        queue,
        watchdog: createQueueWatchdog(concurrency),
      }));
      onBeat = () => {
        for (const { queue, watchdog } of watched) watchdog.beat(queue.stats());
      };
      return [
        { name: 'event-loop', failing: heartbeat.failing },
        { name: 'watches', failing: stuckWatch },
        ...watched.map(({ name, watchdog }) => ({ name, failing: watchdog.failing })),
      ];
    },
    stop,
  };
}

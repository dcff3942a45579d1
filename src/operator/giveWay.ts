import type { Clock } from './clock.ts';
import type { Lane } from './lanes.ts';
import type { Queue } from './queue.ts';

/** Says how long what can wait has to, so that it does not compete with repairs for the API server. */
export interface GiveWay {
  /** In milliseconds; 0: go. `waitedMs`: how long it has waited by now. */
  waitMs(lane: Lane, waitedMs: number): number;
  /**
   * The same for what comes in hundreds: out of patience they go one by one, so that a wave of them does not slow down the
   * repairs that it tells of. 0 is the ticket of one.
   */
  ticketMs(lane: Lane, waitedMs: number): number;
}

/** Repairs come in groups: an editor's next attack, the next namespace of many. */
const QUIET_MS = 100;
/**
 * What waited so long goes all the same: someone who attacks without a pause must not silence the reports of others. A
 * start over thousands of namespaces guards them first, and then says so.
 */
const PATIENCE_MS: Readonly<Record<Lane, number>> = { live: 2_000, bulk: 30_000 };

/** Fifty a second are a small part of what an API server does, and tell of a thousand namespaces within twenty seconds. */
const APART_MS = 20;

/**
 * Reports and Events tell what was done. Each is a request to the same API server that the next repair waits for
 * (docs/benchmarks.md).
 */
export function createGiveWay(clock: Clock, urgent: Queue): GiveWay {
  let settledMs = Number.NEGATIVE_INFINITY;
  urgent.settled$.subscribe(() => {
    settledMs = clock.nowMs();
  });
  let nextTicketMs = Number.NEGATIVE_INFINITY;
  const untilQuietMs = (): number => (urgent.isBusy() ? QUIET_MS : settledMs + QUIET_MS - clock.nowMs());
  const waitMs = (lane: Lane, waitedMs: number): number =>
    Math.max(0, Math.min(untilQuietMs(), PATIENCE_MS[lane] - waitedMs));
  return {
    waitMs,
    ticketMs: (lane, waitedMs) => {
      const quietMs = untilQuietMs();
      if (quietMs <= 0) return 0;
      const nowMs = clock.nowMs();
      const impatientMs = Math.max(PATIENCE_MS[lane] - waitedMs, nextTicketMs - nowMs);
      if (impatientMs <= 0) nextTicketMs = nowMs + APART_MS;
      return Math.max(0, Math.min(quietMs, impatientMs));
    },
  };
}

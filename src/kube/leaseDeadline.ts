import type { ElectionState } from './leaseState.ts';

/**
 * Loses what was not renewed in time, else looks again then. By the monotonic clock: when only the other one jumped,
 * nothing is written until the next renewal, which comes within the retry period.
 */
export function checkDeadline(e: ElectionState): void {
  const { times, clock } = e.options;
  if (e.phase !== 'leading' || e.renewed === undefined) return;
  const leftMs = e.renewed.monotonicMs + times.renewDeadlineMs - clock.nowMs();
  e.cancelDeadline();
  if (leftMs <= 0) lose(e, `it was not renewed for ${times.renewDeadlineMs} ms`);
  else e.cancelDeadline = clock.after(Math.ceil(leftMs), () => checkDeadline(e));
}

/** The Lease is another’s, or nobody’s. */
export function lose(e: ElectionState, why: string): void {
  end(e);
  e.options.onLost(why);
}

/** Nothing is tried any more. */
export function end(e: ElectionState): void {
  e.phase = 'over';
  e.renewed = undefined;
  e.cancelLook();
  e.cancelDeadline();
  e.aborts.abort(new Error('the election is over'));
}

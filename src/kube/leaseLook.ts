import { KubeError } from './errors.ts';
import { checkDeadline } from './leaseDeadline.ts';
import type { ElectionState } from './leaseState.ts';
import { isStanding } from './leaseState.ts';
import { jittered, tryToHold } from './leaseStep.ts';

/** However often the Lease changes, it is not read more often than this. */
const MIN_APART_MS = 100;

/** As soon as it may; while it looks, once more after that. */
export function lookNow(e: ElectionState): void {
  e.again = true;
  if (e.looking === undefined) lookIn(e, 0);
}

/** Looks, and goes on looking until the election is over. */
export function look(e: ElectionState): void {
  // After a pause of the whole process this timer may run before that of the deadline.
  checkDeadline(e);
  if (!isStanding(e)) return;
  e.again = false;
  e.lookedMs = e.options.clock.nowMs();
  e.looking = tryToHold(e)
    .catch((error: unknown) => waitAfter(e, error))
    .then((waitMs) => {
      e.looking = undefined;
      lookIn(e, waitMs);
    });
}

function lookIn(e: ElectionState, waitMs: number): void {
  if (!isStanding(e)) return;
  const { clock } = e.options;
  const apartMs = Math.max(0, e.lookedMs + MIN_APART_MS - clock.nowMs());
  e.cancelLook();
  e.cancelLook = clock.after(Math.max(apartMs, e.again ? 0 : waitMs), () => look(e));
}

function waitAfter(e: ElectionState, error: unknown): number {
  const answer = error instanceof KubeError ? error : undefined;
  if (e.phase !== 'over' && answer?.status !== 409) e.options.onFailure(error);
  return Math.max(answer?.retryAfterMs ?? 0, jittered(e));
}

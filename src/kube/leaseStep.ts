import { heldRecord, stepOf } from './candidacy.ts';
import { isConflict, isNotFound } from './errors.ts';
import { checkDeadline, lose } from './leaseDeadline.ts';
import { leaseOf, leaseTime } from './leaseRecord.ts';
import type { ElectionState } from './leaseState.ts';
import { isOverdue, leads, nowOf, see } from './leaseState.ts';

/**
 * One step of the election: takes, renews or watches the Lease. Answers how long to wait before the next look.
 * @throws what the server answers
 */
export async function tryToHold(e: ElectionState): Promise<number> {
  const { identity, times, clock } = e.options;
  if (e.phase === 'leading' && (await renewUnread(e))) return times.retryMs;
  see(e, await e.lock.read(e.aborts.signal));
  const next = stepOf(e.sighting, identity, leads(e), clock.nowMs());
  if (next.step === 'wait') {
    if (e.phase === 'leading') {
      lose(e, next.holder === identity ? 'somebody deleted the Lease' : `${next.holder} holds the Lease`);
    }
    return Math.min(next.untilMs - clock.nowMs(), jittered(e));
  }
  await hold(e);
  return times.retryMs;
}

/** A leader knows the Lease as it wrote it: one request instead of two. False when somebody else wrote since. */
async function renewUnread(e: ElectionState): Promise<boolean> {
  try {
    await hold(e);
    return true;
  } catch (error) {
    if (isConflict(error) || isNotFound(error)) return false;
    throw error;
  }
}

async function hold(e: ElectionState): Promise<void> {
  const { identity, times, clock } = e.options;
  const { lease } = e.sighting;
  const sent = nowOf(clock);
  const record = heldRecord(e.sighting, identity, times.durationMs, leaseTime(sent.wallMs));
  const wanted = leaseOf(e.lock, record, lease);
  const signal = e.aborts.signal;
  const answer = await (lease === undefined ? e.lock.create(wanted, signal) : e.lock.update(wanted, signal));
  if (e.phase === 'over') return;
  see(e, answer);
  e.renewed = sent;
  if (e.phase === 'leading') checkDeadline(e);
  // An answer that was long on its way elects nobody: the next look renews.
  if (e.phase !== 'standby' || isOverdue(e)) return;
  e.phase = 'leading';
  checkDeadline(e);
  e.options.onElected();
}

/** The later half is random, so that candidates do not meet at every look. */
export const jittered = (e: ElectionState): number => e.options.times.retryMs * (0.5 + e.options.clock.random() / 2);

import { releasedRecord } from './candidacy.ts';
import { isConflict } from './errors.ts';
import { end } from './leaseDeadline.ts';
import { leaseOf, leaseTime } from './leaseRecord.ts';
import type { ElectionState } from './leaseState.ts';
import { see } from './leaseState.ts';

const RELEASE_WITHIN_MS = 1_000;

/** Stands no more, and gives up what is held. */
export async function stop(e: ElectionState): Promise<void> {
  if (e.phase === 'over') return;
  e.phase = 'stopping';
  e.cancelLook();
  e.cancelDeadline();
  const cancelLimit = e.options.clock.after(RELEASE_WITHIN_MS, () => e.aborts.abort(new Error('stopped')));
  // It may be about to be elected: then there is something to give up.
  await e.looking;
  await release(e).catch((error: unknown) => e.options.onFailure(error));
  cancelLimit();
  end(e);
}

/** The last renewal may have been stored without an answer: then the Lease is read, and given up as it is. */
async function release(e: ElectionState): Promise<void> {
  const { lock, options, aborts } = e;
  if (e.renewed === undefined) return;
  for (const isLast of [false, true]) {
    const { lease, record } = e.sighting;
    if (lease === undefined || record?.holder !== options.identity) return;
    const released = releasedRecord(record, leaseTime(options.clock.wallMs()));
    try {
      await lock.update(leaseOf(lock, released, lease), aborts.signal);
      return;
    } catch (error) {
      if (isLast || !isConflict(error)) throw error;
      see(e, await lock.read(aborts.signal));
    }
  }
}

import type { KubeObject } from '../k8s/object.ts';
import { compareVersions } from '../k8s/resourceVersion.ts';
import { stepOf } from './candidacy.ts';
import type { ElectorOptions } from './electorOptions.ts';
import type { LeaseLock } from './leaseLock.ts';
import { look, lookNow } from './leaseLook.ts';
import { readLease } from './leaseRecord.ts';
import { stop } from './leaseRelease.ts';
import type { ElectionState } from './leaseState.ts';
import { createElectionState, isStanding, leads, see } from './leaseState.ts';

/** Stands for election over one Lease until it leads, then holds the Lease until it loses it or is stopped. */
export interface Elector {
  start(): void;
  /**
   * Whether this process leads, by its clocks alone: it renewed the Lease less than the renew deadline ago. Asked before
   * each write; no timer has to have run for it to turn false.
   */
  leads(): boolean;
  /** Takes in what a watch tells of the Lease; undefined: it was deleted. */
  hear(lease: KubeObject | undefined): void;
  /** Stands no more; a Lease that is held is given up, so that another takes over at once. At most a second. */
  stop(): Promise<void>;
}

export type { ElectorClock, ElectorOptions } from './electorOptions.ts';

export function createElector(lock: LeaseLock, options: ElectorOptions): Elector {
  const e = createElectionState(lock, options);
  return {
    start: () => {
      if (e.phase !== 'idle') return;
      e.phase = 'standby';
      look(e);
    },
    leads: () => leads(e),
    hear: (lease) => hear(e, lease),
    stop: () => stop(e),
  };
}

/**
 * A leader looks at once when another seems to hold the Lease. For the others a renewal counts from when they hear of it,
 * and one that is free is taken at once.
 */
function hear(e: ElectionState, lease: KubeObject | undefined): void {
  const { identity, times, clock } = e.options;
  if (!isStanding(e)) return;
  if (e.phase === 'leading') {
    if (lease === undefined || readLease(lease, times.durationMs).holder !== identity) lookNow(e);
    return;
  }
  const known = e.sighting.lease?.metadata.resourceVersion ?? '';
  if (lease !== undefined && compareVersions(lease.metadata.resourceVersion ?? '', known) > 0) see(e, lease);
  if (lease === undefined || stepOf(e.sighting, identity, false, clock.nowMs()).step !== 'wait') lookNow(e);
}

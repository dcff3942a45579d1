import type { KubeObject } from '../k8s/object.ts';
import { compareVersions } from '../k8s/resourceVersion.ts';
import { stepOf } from './candidacy.ts';
import type { LeaseLock } from './leaseLock.ts';
import { look, lookNow } from './leaseLook.ts';
import { readLease } from './leaseRecord.ts';
import { stop } from './leaseRelease.ts';
import type { ElectionState } from './leaseState.ts';
import { createElectionState, isStanding, leads, see } from './leaseState.ts';
import type { LeaseTimes } from './leaseTimes.ts';

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

export interface ElectorClock {
  /** Monotonic. */
  nowMs(): number;
  wallMs(): number;
  /** In [0, 1). */
  random(): number;
  /** Runs once, later; the answer cancels it. */
  after(delayMs: number, run: () => void): () => void;
}

export interface ElectorOptions {
  /** Of this process, and of no other ever: a process that was started anew does not know what the one before it did. */
  readonly identity: string;
  readonly times: LeaseTimes;
  readonly clock: ElectorClock;
  /** Called once. */
  readonly onElected: () => void;
  /** Called once, after `onElected`, in the turn in which it turns out. It is final: nothing is tried any more. */
  readonly onLost: (why: string) => void;
  /** Another holder was seen; `''` is nobody. */
  readonly onHolder: (holder: string) => void;
  /** A look at the Lease failed; the next comes by itself. Two candidates that meet are no failure. */
  readonly onFailure: (error: unknown) => void;
}

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

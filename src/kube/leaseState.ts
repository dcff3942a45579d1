import type { Sighting } from './candidacy.ts';
import { NEVER_SEEN, sighted } from './candidacy.ts';
import type { ElectorClock, ElectorOptions } from './electorOptions.ts';
import type { Moment } from './fence.ts';
import { elapsedMs } from './fence.ts';
import type { LeaseLock } from './leaseLock.ts';

/** What one candidate knows of the Lease, and what it does about it. */
export interface ElectionState {
  readonly lock: LeaseLock;
  readonly options: ElectorOptions;
  readonly aborts: AbortController;
  phase: 'idle' | 'standby' | 'leading' | 'stopping' | 'over';
  sighting: Sighting;
  /** When the write was sent by which the Lease is ours: what the others saw of it, they saw later. */
  renewed: Moment | undefined;
  looking: Promise<void> | undefined;
  lookedMs: number;
  /** It heard something while it looked. */
  again: boolean;
  cancelLook: () => void;
  cancelDeadline: () => void;
}

export const createElectionState = (lock: LeaseLock, options: ElectorOptions): ElectionState => ({
  lock,
  options,
  aborts: new AbortController(),
  phase: 'idle',
  sighting: NEVER_SEEN,
  renewed: undefined,
  looking: undefined,
  lookedMs: Number.NEGATIVE_INFINITY,
  again: false,
  cancelLook: () => {},
  cancelDeadline: () => {},
});

/** Takes in the Lease as it was read, written or heard of. */
export function see(e: ElectionState, lease: Sighting['lease']): void {
  const { times, clock, onHolder } = e.options;
  const before = e.sighting.record?.holder;
  e.sighting = sighted(e.sighting, lease, times.durationMs, clock.nowMs());
  const holder = e.sighting.record?.holder;
  if (holder !== undefined && holder !== before) onHolder(holder);
}

export const isStanding = ({ phase }: ElectionState): boolean => phase === 'standby' || phase === 'leading';

/** By the clocks alone: no timer has to have run for it to turn false. */
export const leads = (e: ElectionState): boolean => e.phase === 'leading' && !isOverdue(e);

/** Whether the last renewal is as old as the renew deadline, or there was none. */
export const isOverdue = (e: ElectionState): boolean =>
  e.renewed === undefined || elapsedMs(e.renewed, nowOf(e.options.clock)) >= e.options.times.renewDeadlineMs;

export const nowOf = (clock: ElectorClock): Moment => ({ monotonicMs: clock.nowMs(), wallMs: clock.wallMs() });

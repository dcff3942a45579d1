import type { Condition, SecurityBaselineStatus } from '../../api/types.ts';

/** Why a roll-out stands still. */
export interface Trouble {
  readonly namespace: string;
  readonly reason: string;
  readonly message: string;
}

/** How far an edit, or a take-over, has been rolled out. */
export interface RolloutProgress {
  readonly done: number;
  readonly total: number;
  readonly waiting: number;
  /** Undefined: it goes on. */
  readonly stopped: Trouble | undefined;
  /** The versions at which namespaces wait. */
  readonly from: NonNullable<ReportedRollout['from']>;
}

type ReportedRollout = NonNullable<SecurityBaselineStatus['rollout']>;

/** What the status says of it, for people and for the next process. */
export const rolloutRow = ({ done, waiting, stopped, from }: RolloutProgress): ReportedRollout => ({
  done,
  waiting,
  ...(stopped === undefined ? {} : { stoppedBy: stopped.namespace }),
  ...(from.length === 0 ? {} : { from }),
});

type Verdict = Pick<Condition, 'status' | 'reason' | 'message'>;

/** Why it stands still. What failed there is its reason, and is not told as a failure beside it. */
export function stoppedOf(rollout: RolloutProgress | undefined): Verdict | undefined {
  if (rollout?.stopped === undefined) return undefined;
  const { namespace, reason, message } = rollout.stopped;
  const ends = 'it goes on when that is gone, or when the baseline is edited';
  const text = `stopped at ${rollout.done}/${rollout.total} by ${namespace}: ${reason}; ${ends}: ${message}`;
  return { status: 'Unknown', reason: 'RolloutPaused', message: text };
}

export const rollingOut = (rollout: RolloutProgress | undefined): Verdict | undefined =>
  rollout === undefined
    ? undefined
    : { status: 'Unknown', reason: 'RollingOut', message: `RollingOut ${rollout.done}/${rollout.total}` };

/** The three times of an election, in milliseconds; client-go's are 15,000, 10,000 and 2,000 (DESIGN §4). */
export interface LeaseTimes {
  /** How long the others leave a Lease alone that is not renewed. Whole seconds. */
  readonly durationMs: number;
  /** How long after its last renewal a leader still writes. */
  readonly renewDeadlineMs: number;
  /** How long between two looks at the Lease. */
  readonly retryMs: number;
}

/** client-go's: at least one more try has to fit in before the deadline. */
const JITTER_FACTOR = 1.2;

/** What is wrong with them, or undefined. The relations are client-go's (NewLeaderElector). */
export function wrongTimes({ durationMs, renewDeadlineMs, retryMs }: LeaseTimes): string | undefined {
  if (durationMs < 1000 || durationMs % 1000 !== 0) return 'the lease duration must be whole seconds, one at least';
  if (retryMs < 1) return 'the retry period must be longer than nothing';
  // The time between the two is what clocks may differ in speed, and what a write may take on its way.
  if (renewDeadlineMs >= durationMs) return 'the renew deadline must be shorter than the lease duration';
  if (retryMs * JITTER_FACTOR >= renewDeadlineMs) {
    return `the retry period must be shorter than the renew deadline, ${JITTER_FACTOR} times over`;
  }
  return undefined;
}

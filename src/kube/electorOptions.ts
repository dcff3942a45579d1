import type { LeaseTimes } from './leaseTimes.ts';

/** Time as the elector reads it. */
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

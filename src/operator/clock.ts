/** Time, timers and randomness as values, so that tests run in virtual time. */
export interface Clock {
  /** Milliseconds of a clock that never runs backwards. */
  nowMs(): number;
  /** RFC 3339 with milliseconds. */
  timestamp(): string;
  random(): number;
  /** Runs once, later; the answer cancels it. */
  after(delayMs: number, run: () => void): () => void;
  /** Runs when the event loop has handled what waits; the answer cancels it. */
  soon(run: () => void): () => void;
}

/** The process's own clock. Timers keep it alive only while `keepAlive`. */
export const systemClock: Clock = {
  nowMs: () => performance.now(),
  timestamp: () => new Date().toISOString(),
  random: () => Math.random(),
  after: (delayMs, run) => {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
  soon: (run) => {
    const immediate = setImmediate(run);
    return () => clearImmediate(immediate);
  },
};

/** How long to wait before the next try. */
export interface Backoff {
  /** Milliseconds to wait now; at least what the server asked for. */
  next(retryAfterMs?: number): number;
  /** It worked: the next failure starts from the beginning. */
  reset(): void;
}

export interface BackoffOptions {
  readonly now: () => number;
  /** In [0, 1). */
  readonly random: () => number;
}

const FIRST_MS = 50;
/** API server restarts take 10 to 60 s; within the first minute we want to be back within seconds of it. */
const EARLY_CAP_MS = 5_000;
const EARLY_FOR_MS = 60_000;
const LATE_CAP_MS = 30_000;

/** 50 ms, doubled each time, at most 5 s in the first minute of an outage and 30 s later; the later half is random. */
export function createBackoff({ now, random }: BackoffOptions): Backoff {
  let failures = 0;
  let sinceMs = 0;
  return {
    next: (retryAfterMs = 0) => {
      if (failures === 0) sinceMs = now();
      const capMs = now() - sinceMs < EARLY_FOR_MS ? EARLY_CAP_MS : LATE_CAP_MS;
      // The exponent is bounded, so that a long outage does not overflow.
      const fullMs = Math.min(capMs, FIRST_MS * 2 ** Math.min(failures, 16));
      failures += 1;
      return Math.max(retryAfterMs, Math.round(fullMs * (0.5 + random() / 2)));
    },
    reset: () => {
      failures = 0;
    },
  };
}

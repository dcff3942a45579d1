/** Lets a burst through and then so many per time. */
export interface TokenBucket {
  /** Takes one token; `false` when there is none. */
  take(nowMs: number): boolean;
  /** Milliseconds until there is one; 0: there is one. */
  waitMs(nowMs: number): number;
}

/** Starts full with `burst` tokens; one comes back every `refillMs`. A clock that goes back gives none. */
export function createTokenBucket(burst: number, refillMs: number): TokenBucket {
  let tokens = burst;
  let atMs: number | undefined;
  const refill = (nowMs: number) => {
    if (atMs !== undefined && nowMs > atMs) tokens = Math.min(burst, tokens + (nowMs - atMs) / refillMs);
    atMs = nowMs;
  };
  return {
    take: (nowMs) => {
      refill(nowMs);
      if (tokens < 1) return false;
      tokens -= 1;
      return true;
    },
    waitMs: (nowMs) => {
      refill(nowMs);
      return tokens >= 1 ? 0 : Math.ceil((1 - tokens) * refillMs);
    },
  };
}

/** When failed keys come again: after a back-off of their own, and not before the server asked to. */
export interface Retries {
  /** A key failed: the time of its next try. `afterMs`: how long the server asked to wait. */
  failed(key: string, nowMs: number, afterMs: number): number;
  succeeded(key: string): void;
  /** The key is gone. */
  forget(key: string): void;
  /** Every back-off begins anew. Answers the keys that failed last, each with the time before which it must not come. */
  reset(nowMs: number): readonly Waiting[];
  /** How many failures there were. */
  count(): number;
}

export interface Waiting {
  readonly key: string;
  readonly notBeforeMs: number;
}

const BACKOFF_MS = 5;
const MAX_BACKOFF_MS = 300_000;

export function createRetries(random: () => number): Retries {
  const keys = new Map<string, { readonly failures: number; readonly notBeforeMs: number }>();
  let count = 0;
  return {
    failed: (key, nowMs, afterMs) => {
      const failures = keys.get(key)?.failures ?? 0;
      const notBeforeMs = nowMs + afterMs;
      keys.set(key, { failures: failures + 1, notBeforeMs });
      count += 1;
      return Math.max(notBeforeMs, nowMs + backoffMs(failures, random()));
    },
    succeeded: (key) => void keys.delete(key),
    forget: (key) => void keys.delete(key),
    reset: (nowMs) => {
      const failed = [...keys].map(([key, { notBeforeMs }]): Waiting => ({ key, notBeforeMs }));
      keys.clear();
      // The next reset must know of them still.
      for (const { key, notBeforeMs } of failed) {
        if (notBeforeMs > nowMs) keys.set(key, { failures: 0, notBeforeMs });
      }
      return failed;
    },
    count: () => count,
  };
}

/** Doubled each time, half of it random. */
function backoffMs(failures: number, random: number): number {
  const delayMs = Math.min(MAX_BACKOFF_MS, BACKOFF_MS * 2 ** Math.min(failures, 30));
  return delayMs / 2 + (delayMs / 2) * random;
}

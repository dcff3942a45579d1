import { setTimeout as sleep } from 'node:timers/promises';

export interface EventuallyOptions {
  /** Default 10,000. */
  readonly withinMs?: number;
  /** Pause between attempts. Default 50. */
  readonly everyMs?: number;
}

/**
 * Repeats an assertion until it passes, and returns what it returned.
 * @throws the assertion's last error when the time is up
 */
export async function eventually<T>(assertion: () => T | Promise<T>, options: EventuallyOptions = {}): Promise<T> {
  const { withinMs = 10_000, everyMs = 50 } = options;
  const endMs = performance.now() + withinMs;
  for (;;) {
    try {
      return await assertion();
    } catch (error) {
      if (performance.now() + everyMs > endMs) throw error;
    }
    await sleep(everyMs);
  }
}

import { setTimeout as sleep } from 'node:timers/promises';
import type { Injected, Rule, Schedule } from './types.ts';

/** Carries out a schedule. Resolves when its last fault is lifted; when `signal` aborts, at once and with all lifted. */
export async function runSchedule(
  schedule: Schedule,
  inject: (rule: Rule) => Injected,
  signal: AbortSignal,
): Promise<void> {
  const until = (ms: number): Promise<void> => sleep(ms, undefined, { signal }).catch(() => undefined);
  await Promise.all(
    schedule.map(async ({ atMs, forMs, ...rule }) => {
      await until(atMs);
      if (signal.aborted) return;
      const injected = inject(rule);
      await until(forMs);
      await injected.lift();
    }),
  );
}

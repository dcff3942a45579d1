import type { Clock } from '../../operator/clock.ts';

/** A pause that ends early when something rings, also when it rang before it began. */
export interface Alarm {
  ring(): void;
  wait(ms: number, signal: AbortSignal): Promise<void>;
}

export function createAlarm(clock: Clock): Alarm {
  let hasRung = false;
  let wake = (): void => {};
  return {
    ring: () => {
      hasRung = true;
      wake();
    },
    wait: async (ms, signal) => {
      if (!hasRung && !signal.aborted) {
        await new Promise<void>((resolve) => {
          const cancel = clock.after(ms, resolve);
          wake = () => {
            cancel();
            resolve();
          };
          signal.addEventListener('abort', wake, { once: true });
        });
        signal.removeEventListener('abort', wake);
      }
      hasRung = false;
    },
  };
}

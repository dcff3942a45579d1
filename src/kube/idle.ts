import type { MonoTypeOperatorFunction, SchedulerLike } from 'rxjs';
import { Observable, Subscription } from 'rxjs';

/** Nothing came for longer than it should: the connection is taken for dead. */
export class IdleError extends Error {
  override readonly name = 'IdleError';

  constructor(silentMs: number) {
    super(`nothing received for ${silentMs} ms`);
  }
}

/**
 * Errors with IdleError when nothing came for `limitMs()`. A value costs one reading of the clock: there is one timer,
 * which looks at most `checkMs` later whether the limit has come closer.
 */
export function failWhenIdle<T>(
  limitMs: () => number,
  checkMs: number,
  scheduler: SchedulerLike,
): MonoTypeOperatorFunction<T> {
  return (source) =>
    new Observable<T>((subscriber) => {
      let lastMs = scheduler.now();
      let timer = Subscription.EMPTY;
      const wait = (delayMs: number) => {
        timer = scheduler.schedule(() => {
          const nowMs = scheduler.now();
          // A clock that was set back must not make the silence look shorter for hours.
          lastMs = Math.min(lastMs, nowMs);
          const silentMs = nowMs - lastMs;
          const leftMs = limitMs() - silentMs;
          if (leftMs <= 0) subscriber.error(new IdleError(silentMs));
          else wait(Math.min(leftMs, checkMs));
        }, delayMs);
      };
      subscriber.add(() => timer.unsubscribe());
      wait(Math.min(limitMs(), checkMs));
      subscriber.add(
        source.subscribe({
          next: (value) => {
            lastMs = scheduler.now();
            subscriber.next(value);
          },
          error: (error: unknown) => subscriber.error(error),
          complete: () => subscriber.complete(),
        }),
      );
    });
}

import type { SchedulerLike } from 'rxjs';
import { Subscription } from 'rxjs';
import type { EventPost } from './eventPost.ts';
import type { TokenBucket } from './tokenBucket.ts';

/** Sends posts one after the other, as the rate allows. */
export interface EventSender {
  /** `false` when too many wait. A post that waits already is not queued twice. */
  add(post: EventPost): boolean;
  /** Sends what waits without regard to the rate; resolves, at the latest after `withinMs`, with how many were left. */
  stop(withinMs: number): Promise<number>;
}

export interface EventSenderOptions {
  readonly scheduler: SchedulerLike;
  readonly bufferSize: number;
  readonly rate: TokenBucket;
  readonly onFailed: (post: EventPost) => void;
  /** How long a post still has to wait for what is more urgent, in ms; `waitedMs`: how long it has since it was due. */
  readonly giveWayMs: (waitedMs: number) => number;
}

export function createEventSender(options: EventSenderOptions): EventSender {
  const { scheduler, bufferSize, rate, onFailed, giveWayMs } = options;
  const waiting = new Set<EventPost>();
  const abort = new AbortController();
  let timer = Subscription.EMPTY;
  let sending = false;
  let soon = false;
  /** What waits could go, and waits for the rate or for repairs: one more changes nothing. */
  let held = false;
  let stopping = false;
  let onEmpty: () => void = () => undefined;

  const pump = (): void => {
    if (sending) return;
    timer.unsubscribe();
    soon = false;
    held = false;
    const nowMs = scheduler.now();
    const post = earliest(waiting);
    if (post === undefined) {
      onEmpty();
      return;
    }
    const dueInMs = post.dueMs() - nowMs;
    const waitMs = stopping ? 0 : Math.max(dueInMs, rate.waitMs(nowMs), giveWayMs(nowMs - post.dueMs()));
    if (waitMs > 0) {
      held = dueInMs <= 0;
      timer = scheduler.schedule(pump, waitMs);
      return;
    }
    rate.take(nowMs);
    waiting.delete(post);
    sending = true;
    const done = () => {
      sending = false;
      pump();
    };
    const failed = () => {
      sending = false;
      waiting.delete(post);
      if (!abort.signal.aborted) onFailed(post);
      pump();
    };
    post.send(nowMs, abort.signal).then(done, failed);
  };
  return {
    add: (post) => {
      if (!waiting.has(post)) {
        if (waiting.size >= bufferSize) return false;
        waiting.add(post);
      }
      // In a turn of its own, so that recording costs its caller no request.
      if (!sending && !soon && !held) {
        soon = true;
        timer.unsubscribe();
        timer = scheduler.schedule(pump, 0);
      }
      return true;
    },
    stop: (withinMs) =>
      new Promise((resolve) => {
        stopping = true;
        const limit = scheduler.schedule(() => finish(), withinMs);
        const finish = () => {
          limit.unsubscribe();
          timer.unsubscribe();
          const left = waiting.size + (sending ? 1 : 0);
          onEmpty = () => undefined;
          waiting.clear();
          abort.abort(new Error('stopped'));
          resolve(left);
        };
        onEmpty = finish;
        pump();
      }),
  };
}

/** A new Event is due at once, a series only now and then: it must not hold up what comes after it. */
function earliest(waiting: ReadonlySet<EventPost>): EventPost | undefined {
  let first: EventPost | undefined;
  for (const post of waiting) if (first === undefined || post.dueMs() < first.dueMs()) first = post;
  return first;
}

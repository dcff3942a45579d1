import type { Observable } from 'rxjs';
import { Subject } from 'rxjs';
import type { Entry } from '../k8s/entry.ts';

/** A real difference in what is known: older or equal versions never are one. */
export interface StoreChange {
  readonly kind: string;
  readonly before: Entry | undefined;
  readonly after: Entry | undefined;
  /** `list`: found by a (re)list; `watch`: told by an event; `write`: the answer to a write of our own. */
  readonly source: 'list' | 'watch' | 'write';
}

/** Tells of changes synchronously and in order. */
export interface Changes {
  readonly changes$: Observable<StoreChange>;
  /** A change made from within a subscriber is told after the present one, so that all see the same order. */
  tell(change: StoreChange): void;
}

/**
 * A subscriber that throws does not reach the teller: rxjs reports its error on a timer of its own
 * (`config.onUnhandledError`) and goes on.
 */
export function createChanges(): Changes {
  const subject = new Subject<StoreChange>();
  const waiting: StoreChange[] = [];
  let telling = false;
  return {
    changes$: subject.asObservable(),
    tell: (change) => {
      waiting.push(change);
      if (telling) return;
      telling = true;
      try {
        for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) subject.next(next);
      } finally {
        telling = false;
      }
    },
  };
}

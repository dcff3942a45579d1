/** What was acknowledged and waits to be looked at, in the order in which it came. Whoever pushes bounds it. */
export interface Backlog<T> {
  push(item: T): void;
  /** Resolves when nothing waits and nothing runs. */
  idle(): Promise<void>;
}

/** `work` is for one at a time; where it fails, `onError` hears of it and the next one is taken. */
export function createBacklog<T>(work: (item: T) => Promise<void>, onError: (error: unknown) => void): Backlog<T> {
  let last: Promise<void> = Promise.resolve();
  return {
    push: (item) => {
      last = last.then(() => work(item)).catch(onError);
    },
    idle: async () => {
      for (let seen: Promise<void> | undefined; seen !== last; ) {
        seen = last;
        await seen;
      }
    },
  };
}

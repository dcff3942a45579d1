/** Chunks from callbacks, for one consumer that iterates. */
export interface ByteQueue {
  readonly chunks: AsyncIterable<Buffer>;
  push(chunk: Buffer): void;
  end(): void;
  fail(error: unknown): void;
}

/** `onLeave` is called when the consumer leaves its loop before the end. Chunks wait in memory: there is no backpressure. */
export function createByteQueue(onLeave: () => void): ByteQueue {
  const waiting: Buffer[] = [];
  let last: { readonly error?: unknown } | undefined;
  let wake: (() => void) | undefined;
  const settle = (outcome: { readonly error?: unknown }) => {
    last ??= outcome;
    wake?.();
  };
  async function* iterate(): AsyncGenerator<Buffer> {
    try {
      for (;;) {
        const chunk = waiting.shift();
        if (chunk !== undefined) yield chunk;
        else if (last === undefined) {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        } else if ('error' in last) throw last.error;
        else return;
      }
    } finally {
      if (last === undefined) onLeave();
    }
  }
  return {
    chunks: { [Symbol.asyncIterator]: iterate },
    push: (chunk) => {
      waiting.push(chunk);
      wake?.();
    },
    end: () => settle({}),
    fail: (error) => settle({ error }),
  };
}

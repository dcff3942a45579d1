/** Splits a byte stream at newlines. */
export interface LineSplitter {
  /** Calls back, synchronously, once per line that ends in this chunk. Throws LineTooLongError. */
  push(chunk: Buffer): void;
  /** Bytes after the last newline: not 0 at the end of a stream means that its last line was cut. */
  pendingBytes(): number;
}

/** A line, or an item of a list, was longer than the limit. */
export class LineTooLongError extends Error {
  override readonly name = 'LineTooLongError';

  constructor(limitBytes: number) {
    super(`more than ${limitBytes} bytes in one piece`);
  }
}

/** Ten times the largest object that etcd stores by default (1.5 MiB): only a broken stream is longer. */
export const MAX_LINE_BYTES = 16 * 1024 * 1024;

const NEWLINE = 10;

/** The lines given to `onLine` are without their newline, and views of the chunk where it holds them whole. */
export function createLineSplitter(onLine: (line: Buffer) => void, limitBytes = MAX_LINE_BYTES): LineSplitter {
  let parts: Buffer[] = [];
  let pending = 0;
  const take = (end: Buffer): Buffer => {
    if (pending === 0) return end;
    parts.push(end);
    const line = Buffer.concat(parts, pending + end.length);
    parts = [];
    pending = 0;
    return line;
  };
  return {
    push: (chunk) => {
      let start = 0;
      for (;;) {
        const end = chunk.indexOf(NEWLINE, start);
        const length = (end === -1 ? chunk.length : end) - start;
        if (pending + length > limitBytes) throw new LineTooLongError(limitBytes);
        if (end === -1) break;
        onLine(take(chunk.subarray(start, end)));
        start = end + 1;
      }
      if (start === chunk.length) return;
      parts.push(chunk.subarray(start));
      pending += chunk.length - start;
    },
    pendingBytes: () => pending,
  };
}

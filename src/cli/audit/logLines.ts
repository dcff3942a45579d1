import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

/** What is no event can be as long as it likes. Events with bodies are large; longer lines are skipped and counted. */
const MAX_LINE_BYTES = 16 * 1024 * 1024;
const NEWLINE = 10;

/** A line of a log, or that there was one which is too long to be read. */
export type LogLine = { readonly number: number; readonly text: string | undefined };

/**
 * The lines of a file, one at a time: no more than one of them, and one piece of the file, is in memory. A name that ends in
 * `.gz` is what kube-apiserver leaves of a rotated log with `--audit-log-compress`. Rejects with the errors of the file
 * system.
 */
export const logLines = (file: string): AsyncGenerator<LogLine> => splitLines(chunksOf(file));

/** The lines of what comes in pieces. */
export async function* splitLines(
  chunks: AsyncIterable<Uint8Array>,
  maxLineBytes = MAX_LINE_BYTES,
): AsyncGenerator<LogLine> {
  let number = 0;
  let held: Uint8Array[] = [];
  let bytes = 0;
  const take = (rest: Uint8Array): LogLine => {
    number += 1;
    const isTooLong = bytes + rest.length > maxLineBytes;
    const text = isTooLong ? undefined : Buffer.concat([...held, rest]).toString();
    held = [];
    bytes = 0;
    return { number, text };
  };
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      yield take(chunk.subarray(start, end));
      start = end + 1;
    }
    const rest = chunk.subarray(start);
    bytes += rest.length;
    if (bytes > maxLineBytes) held = [];
    else held.push(rest);
  }
  if (bytes > 0) yield take(Buffer.alloc(0));
}

function chunksOf(file: string): Readable {
  const stream = createReadStream(file);
  if (!file.endsWith('.gz')) return stream;
  const unzipped = createGunzip();
  stream.on('error', (error) => unzipped.destroy(error));
  return stream.pipe(unzipped);
}

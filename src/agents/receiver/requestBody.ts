import type { IncomingMessage } from 'node:http';
import type { ByteBudget } from './byteBudget.ts';
import { createBodyReducer } from './reducedBody.ts';

/** How reading a body ended. The bytes of a body are reserved, and for whoever gets it to release. */
export type BodyResult =
  | { readonly result: 'whole' | 'reduced'; readonly body: Buffer }
  /** Too large, and not to be made smaller. */
  | { readonly result: 'oversized' }
  | { readonly result: 'queue_full' }
  /** The caller left, or was too slow, before the end. */
  | { readonly result: 'incomplete' };

/**
 * Reads a body of any size in bounded memory: up to `maxBytes` it is kept as it is, beyond it without what its events carry.
 * It is read to its end even where nothing is kept: a client that still writes takes an answer for a broken connection.
 */
export function readBody(
  request: IncomingMessage,
  budget: ByteBudget,
  maxBytes: number,
  done: (result: BodyResult) => void,
): void {
  const announced = Number(request.headers['content-length'] ?? 0);
  let reserved = Math.min(announced, maxBytes);
  if (!budget.reserve(reserved)) {
    done({ result: 'queue_full' });
    return;
  }
  let isOver = false;
  const end = (result: BodyResult): void => {
    if (isOver) return;
    isOver = true;
    budget.release(reserved - ('body' in result ? result.body.length : 0));
    done(result);
  };
  const reserve = (bytes: number): boolean => {
    if (bytes > reserved && !budget.reserve(bytes - reserved)) return false;
    reserved = Math.max(reserved, bytes);
    return true;
  };
  const gather = createGathering(maxBytes, announced > maxBytes);
  request.on('data', (chunk: Buffer) => {
    if (isOver) return;
    // Without a Content-Length the size shows by and by.
    if (reserve(gather.needs(chunk.length))) gather.push(chunk);
    else end({ result: 'queue_full' });
  });
  request.on('end', () => end(gather.end()));
  request.on('close', () => end({ result: 'incomplete' }));
  request.on('error', () => end({ result: 'incomplete' }));
}

interface Gathering {
  /** Bytes that have to be reserved before so many more are pushed. */
  needs(more: number): number;
  push(chunk: Buffer): void;
  end(): BodyResult;
}

function createGathering(maxBytes: number, isLarge: boolean): Gathering {
  let chunks: Buffer[] = [];
  let length = 0;
  let reducer = isLarge ? createBodyReducer(maxBytes) : undefined;
  return {
    needs: (more) => Math.min(length + more, maxBytes),
    push: (chunk) => {
      length += chunk.length;
      chunks.push(chunk);
      if (length > maxBytes) reducer ??= createBodyReducer(maxBytes);
      if (reducer === undefined) return;
      for (const one of chunks) reducer.push(one);
      chunks = [];
    },
    end: () => {
      if (reducer === undefined) return { result: 'whole', body: Buffer.concat(chunks, length) };
      const body = reducer.end();
      return body === undefined ? { result: 'oversized' } : { result: 'reduced', body };
    },
  };
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import { createLineSplitter } from '../../../src/kube/lines.ts';
import type { ActiveRule } from './rules.ts';
import { statusOf } from './status.ts';
import type { ProxiedRequest } from './types.ts';

/** A watch between the API server and a client. It passes on whole lines, so that it can be ended between two events. */
export interface WatchPipe {
  /** A fault that begins, or began before the watch was opened. */
  suffer(active: ActiveRule): void;
}

export interface WatchPipeOptions {
  readonly request: ProxiedRequest;
  /** The API server's side; its head has been read. */
  readonly answer: IncomingMessage;
  /** The client's side; its head has been sent. */
  readonly response: ServerResponse;
  /** Ends the API server's side. */
  readonly hangUp: () => void;
  /** Closes the client's connection, behind what was written. */
  readonly cut: () => void;
  readonly reset: () => void;
  readonly onLine: (line: Buffer) => void;
}

export function pipeWatch(options: WatchPipeOptions): WatchPipe {
  const { answer, response } = options;
  const openedMs = performance.now();
  const state: State = { over: false, freezes: 0, truncations: [], cuts: [] };
  const end = (last: Buffer | string = ''): void => {
    if (state.over || state.freezes > 0) return;
    state.over = true;
    response.end(last);
    options.hangUp();
  };
  const reset = (): void => {
    state.over = true;
    options.reset();
  };
  const deliver = (line: Buffer): void => {
    if (state.over) return;
    options.onLine(line);
    const bytes = Buffer.concat([line, NEWLINE]);
    const bytesLeft = Math.min(...state.cuts.filter(({ active }) => !active.isOver()).map(({ left }) => left));
    for (const cut of state.cuts) cut.left -= bytes.length;
    if (state.truncations.some((active) => !active.isOver())) end(bytes.subarray(0, Math.ceil(line.length / 2)));
    else if (bytes.length < bytesLeft) response.write(bytes);
    else {
      state.over = true;
      response.write(bytes.subarray(0, bytesLeft), options.cut);
    }
  };
  const lines = createLineSplitter(deliver);
  answer.on('data', (chunk: Buffer) => {
    lines.push(chunk);
    if (!response.writableNeedDrain || state.over) return;
    answer.pause();
    response.once('drain', () => state.freezes === 0 && answer.resume());
  });
  answer.once('end', () => end());
  // The API server went; a client behind a frozen network does not hear of it before that thaws.
  answer.on('error', () => {
    state.broken = true;
    if (!state.over && state.freezes === 0) reset();
  });

  const freeze = (active: ActiveRule, after: 'thaw' | 'dead'): void => {
    state.freezes += 1;
    answer.pause();
    if (after === 'dead') {
      options.hangUp();
      return;
    }
    void active.over.then(() => {
      state.freezes -= 1;
      if (state.freezes > 0) return;
      if (state.broken === true) reset();
      else answer.resume();
    });
  };
  return {
    suffer: (active) => {
      const { fault } = active.rule;
      if (fault.type === 'errorEvent') end(errorLine(options.request, fault));
      if (fault.type === 'cut' && fault.afterBytes === 0) reset();
      if (fault.type === 'cut') state.cuts.push({ active, left: fault.afterBytes });
      if (fault.type === 'truncate') state.truncations.push(active);
      if (fault.type === 'freeze') freeze(active, fault.after);
      if (fault.type === 'replay') end();
      if (fault.type !== 'closeWatches') return;
      const leftMs = Math.max(0, openedMs + fault.everyMs - performance.now());
      const timer = setTimeout(() => !active.isOver() && end(), leftMs);
      response.once('close', () => clearTimeout(timer));
    },
  };
}

interface State {
  /** Nothing is passed on any more. */
  over: boolean;
  /** Freezes in force. */
  freezes: number;
  /** A rule that is lifted spares the watches that it met. */
  readonly truncations: ActiveRule[];
  readonly cuts: { readonly active: ActiveRule; left: number }[];
  /** The API server's side broke off. */
  broken?: boolean;
}

const NEWLINE = Buffer.from('\n');

/** As an API server says it: a line, and the end. */
export const errorLine = (
  request: ProxiedRequest,
  fault: Extract<ActiveRule['rule']['fault'], { readonly type: 'errorEvent' }>,
): string => `${JSON.stringify({ type: 'ERROR', object: statusOf(request, fault) })}\n`;

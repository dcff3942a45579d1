import { setTimeout as sleep } from 'node:timers/promises';
import { errorMessage } from '../../k8s/errorMessage.ts';
import type { Logger } from '../../operator/logger.ts';
import type { ByteBudget } from './byteBudget.ts';
import type { PositionFile } from './logPosition.ts';
import { createLogTail } from './logTail.ts';

export interface LogTailsOptions {
  readonly paths: readonly string[];
  readonly positions: PositionFile;
  readonly budget: ByteBudget;
  readonly pollMs: number;
  /** Rejects: the lines are not safe, and come again. Its bytes are reserved. */
  readonly keep: (lines: Buffer) => Promise<void>;
  readonly onGap: () => void;
  readonly logger: Logger;
}

/** Follows log files until the signal; resolves when the last look has ended. A file that cannot be read is tried again. */
export async function followLogs(options: LogTailsOptions, signal: AbortSignal): Promise<void> {
  await Promise.all(options.paths.map((path) => follow(path, options, signal)));
}

async function follow(path: string, options: LogTailsOptions, signal: AbortSignal): Promise<void> {
  const { logger, pollMs } = options;
  const tail = createLogTail({
    path,
    positions: options.positions,
    onLines: (lines) => take(lines, options, signal),
    onGap: (reason) => {
      options.onGap();
      logger.warn('audit events may be lost', { log: path, reason });
    },
  });
  let said: string | undefined;
  while (!signal.aborted) {
    try {
      await tail.poll();
      said = undefined;
    } catch (error) {
      const message = errorMessage(error);
      if (said !== message && !signal.aborted) logger.error('a log cannot be read on', { log: path, error: message });
      said = message;
    }
    await sleep(pollMs, undefined, { signal }).catch(() => undefined);
  }
  await tail.close();
}

/** A file can wait: nothing is lost while it does. */
async function take(lines: Buffer, { budget, pollMs, keep }: LogTailsOptions, signal: AbortSignal): Promise<void> {
  while (!budget.reserve(lines.length)) await sleep(pollMs, undefined, { signal });
  try {
    await keep(lines);
  } catch (error) {
    budget.release(lines.length);
    throw error;
  }
}

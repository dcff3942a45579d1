import { join } from 'node:path';
import type { AuditRecord, RecordOptions } from './auditRecord.ts';
import { createRecord } from './auditRecord.ts';
import { createBacklog } from './backlog.ts';
import type { ByteBudget } from './byteBudget.ts';
import type { Batch } from './eventList.ts';
import type { Spool } from './spool.ts';
import { openSpool } from './spool.ts';
import { NO_TALLIES } from './tallies.ts';

/** Takes batches into safety, and has the record take them up in that order. */
export interface Keeper {
  readonly record: AuditRecord;
  /** Resolves when the batch is safe: in memory, and on disk where there is a directory. Its bytes are reserved by then. */
  keep(batch: Batch): Promise<void>;
  /** Resolves when all that was kept has been taken up. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

export interface KeeperOptions {
  /** Undefined: memory alone. */
  readonly stateDir: string | undefined;
  readonly spoolBytes: number;
  readonly budget: ByteBudget;
  readonly record: Omit<RecordOptions, 'base'>;
  readonly onError: (error: unknown) => void;
}

/** Reads back first what earlier processes kept: what comes then may be a copy of it. */
export async function openKeeper(options: KeeperOptions): Promise<Keeper> {
  const { stateDir } = options;
  if (stateDir === undefined)
    return createKeeper(createRecord({ ...options.record, base: NO_TALLIES }), undefined, options);
  const { spool, base, batches } = await openSpool(join(stateDir, 'spool'), options.spoolBytes);
  const record = createRecord({ ...options.record, base });
  let reading: number | undefined;
  for await (const { file, batch } of batches) {
    if (reading !== undefined && reading !== file) await spool.settle(reading, record.tallies());
    reading = file;
    await record.recall(batch);
  }
  if (reading !== undefined) await spool.settle(reading, record.tallies());
  return createKeeper(record, spool, options);
}

function createKeeper(record: AuditRecord, spool: Spool | undefined, { budget, onError }: KeeperOptions): Keeper {
  let taking: number | undefined;
  const settle = async (file: number): Promise<void> => {
    const done = taking;
    taking = file;
    // Only now is it known that the file before holds no more.
    if (done !== undefined && done !== file) await spool?.settle(done, record.tallies());
  };
  const backlog = createBacklog<{ readonly file: number; readonly batch: Batch }>(async ({ file, batch }) => {
    try {
      // A disk that does not take the sum keeps more files than it should; the batch is no worse for it.
      await settle(file).catch(onError);
      await record.take(batch);
    } finally {
      budget.release(batch.bytes.length);
    }
  }, onError);
  return {
    record,
    keep: async (batch) => {
      const file = (await spool?.append(batch)) ?? 0;
      backlog.push({ file, batch });
    },
    idle: backlog.idle,
    close: async () => {
      await backlog.idle();
      await spool?.close();
    },
  };
}

import type { FileHandle } from 'node:fs/promises';
import { mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Batch } from './eventList.ts';
import { frameOf, framesIn } from './spoolFrame.ts';
import type { Tallies } from './tallies.ts';
import { NO_TALLIES } from './tallies.ts';

/**
 * What was acknowledged, on disk, so that a process that is killed neither loses it nor counts it again: the next one reads it
 * back before it takes anything new. It is written, not synced: it outlives the process, not the machine.
 */
export interface Spool {
  /** Resolves with the number of its file when the kernel has it. Rejects when the disk does not take it. */
  append(batch: Batch): Promise<number>;
  /** All batches of this file and of those before have been looked at, with this in sum: it may go when there is too much. */
  settle(file: number, tallies: Tallies): Promise<void>;
  close(): Promise<void>;
}

export interface Recovered {
  readonly spool: Spool;
  /** The sum of all that is no longer there. */
  readonly base: Tallies;
  /** What is there, in order, one file at a time. */
  readonly batches: AsyncIterable<{ readonly file: number; readonly batch: Batch }>;
}

interface Base {
  /** The last file that is in the sum. */
  readonly through: number;
  readonly tallies: Tallies;
}

/** As many files as this share the limit: what goes first is so much of it. */
const FILES = 8;

/** Opens the spool in a directory, which is made. `limitBytes`: of all its files; one batch may come on top. */
export async function openSpool(dir: string, limitBytes: number): Promise<Recovered> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const base = await readBase(dir);
  const sizes = new Map<number, number>();
  for (const name of await readdir(dir)) {
    const file = Number(/^(\d{12})\.spool$/.exec(name)?.[1]);
    if (Number.isNaN(file)) continue;
    if (file <= base.through) await rm(pathOf(dir, file), { force: true });
    else sizes.set(file, (await stat(pathOf(dir, file))).size);
  }
  const found = [...sizes.keys()].toSorted((a, b) => a - b);
  return {
    spool: createSpool(dir, limitBytes, sizes, Math.max(base.through, ...found) + 1),
    base: base.tallies,
    batches: readBack(dir, found),
  };
}

async function* readBack(dir: string, files: readonly number[]): Recovered['batches'] {
  for (const file of files) {
    for (const batch of framesIn(await readFile(pathOf(dir, file)))) yield { file, batch };
  }
}

function createSpool(dir: string, limitBytes: number, sizes: Map<number, number>, first: number): Spool {
  let current: { readonly file: number; readonly handle: FileHandle } | undefined;
  let next = first;
  let last: Promise<unknown> = Promise.resolve();
  /** One after the other: frames must not mix. */
  const inTurn = <T>(run: () => Promise<T>): Promise<T> => {
    const turn = last.then(run);
    last = turn.catch(() => undefined);
    return turn;
  };
  const leave = async (): Promise<void> => {
    const left = current;
    current = undefined;
    await left?.handle.close();
  };
  const write = async (batch: Batch): Promise<number> => {
    if (current === undefined) {
      current = { file: next, handle: await open(pathOf(dir, next), 'ax', 0o600) };
      next += 1;
    }
    const { file, handle } = current;
    const frame = frameOf(batch);
    try {
      const bytes = frame.reduce((sum, part) => sum + part.length, 0);
      await writeAll(handle, frame);
      sizes.set(file, (sizes.get(file) ?? 0) + bytes);
    } catch (error) {
      // What was half written ends its file: frames behind it would not be found.
      await leave().catch(() => undefined);
      throw error;
    }
    if ((sizes.get(file) ?? 0) * FILES >= limitBytes) await leave();
    return file;
  };
  const sums = new Map<number, Tallies>();
  const shrink = async (): Promise<void> => {
    let total = [...sizes.values()].reduce((sum, size) => sum + size, 0);
    for (const file of [...sizes.keys()].toSorted((a, b) => a - b)) {
      const tallies = sums.get(file);
      if (total <= limitBytes || tallies === undefined) return;
      // First the sum: what is in it is left out by the next process, whether its file is gone or not.
      await writeBase(dir, { through: file, tallies });
      await rm(pathOf(dir, file), { force: true });
      total -= sizes.get(file) ?? 0;
      sizes.delete(file);
      sums.delete(file);
    }
  };
  return {
    append: (batch) => inTurn(() => write(batch)),
    settle: (file, tallies) => {
      sums.set(file, tallies);
      return inTurn(shrink);
    },
    close: () => inTurn(leave),
  };
}

/** A write may be partial; what does not fit fails. */
async function writeAll(handle: FileHandle, parts: readonly Buffer[]): Promise<void> {
  for (const part of parts) {
    for (let done = 0; done < part.length; ) {
      done += (await handle.write(part, done)).bytesWritten;
    }
  }
}

const pathOf = (dir: string, file: number): string => join(dir, `${String(file).padStart(12, '0')}.spool`);
const BASE = 'base.json';

async function readBase(dir: string): Promise<Base> {
  const written = await readFile(join(dir, BASE), 'utf8').catch(() => undefined);
  return written === undefined ? { through: 0, tallies: NO_TALLIES } : (JSON.parse(written) as Base);
}

async function writeBase(dir: string, base: Base): Promise<void> {
  const path = join(dir, BASE);
  await writeFile(`${path}.new`, JSON.stringify(base), { mode: 0o600 });
  await rename(`${path}.new`, path);
}

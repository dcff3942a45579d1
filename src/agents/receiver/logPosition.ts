import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { integer, record, text } from '../../k8s/json.ts';

/** How far a log file was read. */
export interface LogPosition {
  readonly inode: number;
  /** Bytes; always the start of a line. */
  readonly offset: number;
  /** Of the file's first bytes: another file may get the inode of one that was deleted, and a truncated one keeps it. */
  readonly head: string;
}

const HEAD_BYTES = 256;

/** What the file begins with, of the part before `offset`. */
export async function headOf(handle: FileHandle, offset: number): Promise<string> {
  const bytes = Buffer.alloc(Math.min(HEAD_BYTES, offset));
  const { bytesRead } = await handle.read(bytes, 0, bytes.length, 0);
  return createHash('sha256').update(bytes.subarray(0, bytesRead)).digest('base64url');
}

/** Whether a file still is the one that was read so far. */
export async function continues(handle: FileHandle, position: LogPosition): Promise<boolean> {
  const { ino, size } = await handle.stat();
  return ino === position.inode && size >= position.offset && (await headOf(handle, position.offset)) === position.head;
}

/** The positions of several logs in one file, which a process that is killed leaves whole: it is replaced by renaming. */
export interface PositionFile {
  of(log: string): LogPosition | undefined;
  save(log: string, position: LogPosition): Promise<void>;
}

/** A file that is not there, or cannot be read as positions, holds none. */
export async function openPositions(path: string): Promise<PositionFile> {
  const written = await readFile(path, 'utf8').catch(() => '{}');
  const positions = new Map(Object.entries(record(parse(written))).flatMap(positionIn));
  let last: Promise<void> = Promise.resolve();
  const write = async (): Promise<void> => {
    await writeFile(`${path}.new`, JSON.stringify(Object.fromEntries(positions)), { mode: 0o600 });
    await rename(`${path}.new`, path);
  };
  return {
    of: (log) => positions.get(log),
    save: (log, position) => {
      positions.set(log, position);
      const turn = last.then(write);
      last = turn.catch(() => undefined);
      return turn;
    },
  };
}

/** For a receiver without a state directory: it reads its logs from their beginning. */
export const NO_POSITIONS: PositionFile = { of: () => undefined, save: async () => {} };

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function positionIn([log, value]: [string, unknown]): [string, LogPosition][] {
  const { inode, offset, head } = record(value);
  const at = integer(offset);
  const number = integer(inode);
  return at === undefined || number === undefined || at < 0
    ? []
    : [[log, { inode: number, offset: at, head: text(head) }]];
}

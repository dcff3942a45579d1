import type { FileHandle } from 'node:fs/promises';
import { open, stat } from 'node:fs/promises';
import type { LogPosition, PositionFile } from './logPosition.ts';
import { continues, headOf } from './logPosition.ts';
import type { ReadFile } from './logRead.ts';
import { readToEnd } from './logRead.ts';
import type { RotatedLog } from './rotatedLogs.ts';
import { rotatedLogs } from './rotatedLogs.ts';

export interface TailOptions {
  readonly path: string;
  readonly positions: PositionFile;
  /**
   * Gets whole lines, newlines included, and resolves when they are safe: only then does the position move. So a process that
   * is killed gets some lines twice, and none never; eventKey.ts knows the twice.
   */
  readonly onLines: (lines: Buffer) => Promise<void>;
  /** Lines may have been lost: the file went away, or was cut, before its end was read. */
  readonly onGap: (reason: string) => void;
  /** A longer line is left out, and comes as one that is no event. Default 16 MiB. */
  readonly maxLineBytes?: number;
}

export interface LogTail {
  /** Reads all there is. Rejects with what `onLines` rejects with; the lines come again with the next poll. */
  poll(): Promise<void>;
  close(): Promise<void>;
}

/** A writer may go on in the file that it renamed, until it opens the new one: so many looks must find nothing more in it. */
const QUIET_POLLS = 2;
const MAX_LINE_BYTES = 16 * 1024 * 1024;

/**
 * Follows a log through rotation by renaming, and by copying and truncating. What cannot be promised: with copytruncate, lines
 * written between the last read and the truncation are gone; so are those of a rotated file that was compressed or deleted
 * while nobody read. Both are reported as a gap.
 */
export function createLogTail(options: TailOptions): LogTail {
  const { path, positions } = options;
  let current: ReadFile | undefined;
  let isResumed = false;
  let quietPolls = 0;

  const read = (file: ReadFile, mode: 'follow' | 'finish'): Promise<void> =>
    readToEnd(file, mode, options.maxLineBytes ?? MAX_LINE_BYTES, async (lines) => {
      await options.onLines(lines);
      file.head = await headOf(file.handle, file.offset);
      await positions.save(path, { inode: file.inode, offset: file.offset, head: file.head });
    });
  const leave = async (): Promise<void> => {
    const left = current;
    current = undefined;
    quietPolls = 0;
    await left?.handle.close();
  };
  /** What was renamed away after the position was saved, and while nobody read. */
  const catchUp = async (position: LogPosition): Promise<void> => {
    const missed = await missedLogs(path, position);
    if (missed.length === 0) options.onGap('the file that was being read is gone');
    for (const [index, rotated] of missed.entries()) {
      const file = await begin(rotated.path, index === 0 ? position : undefined);
      if (file === undefined) options.onGap(`${rotated.path} is gone`);
      else await read(file, 'finish').finally(() => file.handle.close());
    }
  };
  const resume = async (): Promise<ReadFile | undefined> => {
    const position = positions.of(path);
    const file = await begin(path, undefined);
    if (position === undefined || file === undefined) return file;
    if (await continues(file.handle, position)) return Object.assign(file, position);
    if (file.inode === position.inode) options.onGap('the file was cut while nobody read it');
    else await catchUp(position).catch((error) => file.handle.close().then(() => Promise.reject(error)));
    return file;
  };
  const poll = async (): Promise<void> => {
    if (current === undefined) {
      current = await (isResumed ? begin(path, undefined) : resume());
      isResumed ||= current !== undefined;
    }
    if (current === undefined) return;
    if (await isCut(current)) {
      options.onGap('the file was cut');
      Object.assign(current, START);
    }
    const before = current.offset;
    await read(current, 'follow');
    if (!(await isReplaced(path, current.inode))) return;
    quietPolls = current.offset === before ? quietPolls + 1 : 0;
    if (quietPolls < QUIET_POLLS) return;
    await read(current, 'finish');
    await leave();
    await poll();
  };
  return { poll, close: leave };
}

const START = { offset: 0, head: '', isSkipping: false };

async function begin(path: string, position: LogPosition | undefined): Promise<ReadFile | undefined> {
  const handle = await open(path, 'r').catch(() => undefined);
  if (handle === undefined) return undefined;
  const { ino: inode } = await handle.stat();
  return { ...START, ...position, handle, inode };
}

/** A file that was truncated is shorter, or, when much was written since, begins otherwise. */
async function isCut(file: ReadFile): Promise<boolean> {
  if (file.offset === 0) return false;
  const { size } = await file.handle.stat();
  if (size < file.offset) return true;
  return size > file.offset && file.head !== '' && (await headOf(file.handle, file.offset)) !== file.head;
}

const isReplaced = async (path: string, inode: number): Promise<boolean> => {
  const there = await stat(path).catch(() => undefined);
  return there !== undefined && there.ino !== inode;
};

/** The files from the one of the position on; none: that one is gone. */
async function missedLogs(log: string, position: LogPosition): Promise<readonly RotatedLog[]> {
  const rotated = await rotatedLogs(log);
  const from = rotated.findIndex(({ inode }) => inode === position.inode);
  const first = rotated[from];
  if (first === undefined) return [];
  const handle: FileHandle | undefined = await open(first.path, 'r').catch(() => undefined);
  if (handle === undefined) return [];
  try {
    return (await continues(handle, position)) ? rotated.slice(from) : [];
  } finally {
    await handle.close();
  }
}

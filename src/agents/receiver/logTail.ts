import { open, stat } from 'node:fs/promises';
import type { LogPosition, PositionFile } from './logPosition.ts';
import { continues, headOf } from './logPosition.ts';
import type { ReadFile } from './logRead.ts';
import { readToEnd } from './logRead.ts';
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
  const { path, onGap } = options;
  let position = options.positions.of(path);
  let current: ReadFile | undefined;
  let quietPolls = 0;
  /** When the file that was left had last changed; undefined: it was not read to its end. */
  let finishedMs: number | undefined;

  const save = async (file: ReadFile): Promise<void> => {
    file.head = await headOf(file.handle, file.offset);
    position = { inode: file.inode, offset: file.offset, head: file.head };
    await options.positions.save(path, position);
  };
  const read = (file: ReadFile, mode: 'follow' | 'finish'): Promise<void> =>
    readToEnd(file, mode, options.maxLineBytes ?? MAX_LINE_BYTES, async (lines) => {
      await options.onLines(lines);
      await save(file);
    });
  /** From where the position is; undefined: there is no such file. */
  const resumed = async (file: string, from: LogPosition | undefined): Promise<ReadFile | undefined> => {
    const opened = await begin(file);
    if (opened === undefined || from?.inode !== opened.inode) return opened;
    if (await continues(opened.handle, from)) return Object.assign(opened, from);
    onGap('the file was cut while nobody read it');
    return opened;
  };
  /** What the log was renamed to since the position was saved: from that file on, several where nobody looked in between. */
  const catchUp = async (from: LogPosition): Promise<void> => {
    const rotated = await rotatedLogs(path);
    const first = rotated.findIndex(({ inode }) => inode === from.inode);
    if (first === -1 && finishedMs === undefined) onGap('the file that was being read is gone');
    // One that was read to its end may be compressed by now, under another name.
    const since = finishedMs ?? Number.POSITIVE_INFINITY;
    const missing = first === -1 ? rotated.filter(({ modifiedMs }) => modifiedMs > since) : rotated.slice(first);
    for (const missed of missing) {
      const file = await resumed(missed.path, from);
      if (file === undefined) onGap(`${missed.path} is gone`);
      else await read(file, 'finish').finally(() => file.handle.close());
    }
  };
  const start = async (): Promise<ReadFile | undefined> => {
    const file = await resumed(path, position);
    if (file === undefined) return undefined;
    try {
      if (position !== undefined && position.inode !== file.inode) await catchUp(position);
      // Now, so that the next process knows which file this was, whatever becomes of it until a line is read.
      await save(file);
      finishedMs = undefined;
      return file;
    } catch (error) {
      await file.handle.close();
      throw error;
    }
  };
  const leave = async (): Promise<void> => {
    const left = current;
    current = undefined;
    quietPolls = 0;
    await left?.handle.close();
  };
  const poll = async (): Promise<void> => {
    current ??= await start();
    if (current === undefined) return;
    if (await isCut(current)) {
      onGap('the file was cut');
      Object.assign(current, START);
    }
    const before = current.offset;
    await read(current, 'follow');
    if (!(await isReplaced(path, current.inode))) return;
    quietPolls = current.offset === before ? quietPolls + 1 : 0;
    if (quietPolls < QUIET_POLLS) return;
    await read(current, 'finish');
    finishedMs = (await current.handle.stat()).mtimeMs;
    await leave();
    await poll();
  };
  return { poll, close: leave };
}

const START = { offset: 0, head: '', isSkipping: false };

async function begin(path: string): Promise<ReadFile | undefined> {
  const handle = await open(path, 'r').catch(() => undefined);
  if (handle === undefined) return undefined;
  const { ino: inode } = await handle.stat();
  return { ...START, handle, inode };
}

/** A file that was truncated is shorter, or, when as much was written since, begins otherwise. */
async function isCut(file: ReadFile): Promise<boolean> {
  if (file.offset === 0) return false;
  const { size } = await file.handle.stat();
  return size < file.offset || (!file.isSkipping && (await headOf(file.handle, file.offset)) !== file.head);
}

const isReplaced = async (path: string, inode: number): Promise<boolean> => {
  const there = await stat(path).catch(() => undefined);
  return there !== undefined && there.ino !== inode;
};

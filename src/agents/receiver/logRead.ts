import type { FileHandle } from 'node:fs/promises';
import type { LogPosition } from './logPosition.ts';

/** A file that is being read: where, and how far. */
export type ReadFile = { -readonly [Key in keyof LogPosition]: LogPosition[Key] } & {
  readonly handle: FileHandle;
  /** Within a line that is too long. */
  isSkipping: boolean;
};

const FIRST_READ_BYTES = 1024 * 1024;
const NEWLINE = 10;
/** Stands for a line that was too long: it is no event, and is counted as such. */
const NO_EVENT = Buffer.from('?\n');

/**
 * Reads whole lines to the end of a file, a megabyte at a time, more where a line is longer. The offset has moved when `take`
 * is called, and moves back when it rejects. A last line without its newline is left for later, unless the file is `finish`ed.
 */
export async function readToEnd(
  file: ReadFile,
  mode: 'follow' | 'finish',
  maxLineBytes: number,
  take: (lines: Buffer) => Promise<void>,
): Promise<void> {
  const takeAll = async (lines: Buffer, bytes: number): Promise<void> => {
    const { offset, isSkipping } = file;
    file.offset += bytes;
    file.isSkipping = false;
    await take(lines).catch((error) => {
      Object.assign(file, { offset, isSkipping });
      throw error;
    });
  };
  for (let size = Math.min(FIRST_READ_BYTES, maxLineBytes); ; ) {
    const bytes = Buffer.allocUnsafe(size);
    const { bytesRead } = await file.handle.read(bytes, 0, size, file.offset);
    const read = bytes.subarray(0, bytesRead);
    const end = (file.isSkipping ? read.indexOf(NEWLINE) : read.lastIndexOf(NEWLINE)) + 1;
    if (end > 0) await takeAll(file.isSkipping ? NO_EVENT : read.subarray(0, end), end);
    else if (file.isSkipping && bytesRead > 0) file.offset += bytesRead;
    else if (bytesRead < size) {
      if (mode === 'finish' && bytesRead > 0) await takeAll(read, bytesRead);
      return;
    } else if (size < maxLineBytes) size = Math.min(size * 2, maxLineBytes);
    else {
      file.isSkipping = true;
      file.offset += bytesRead;
    }
  }
}

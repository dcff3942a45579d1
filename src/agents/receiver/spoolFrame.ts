import type { Batch } from './eventList.ts';

/** A batch as it lies in a spool file: one line of JSON, the bytes, a newline. */
interface Head {
  readonly source: Batch['source'];
  readonly bytes: number;
}

const NEWLINE = 10;

export function frameOf({ source, bytes }: Batch): readonly Buffer[] {
  const head: Head = { source, bytes: bytes.length };
  return [Buffer.from(`${JSON.stringify(head)}\n`), bytes, Buffer.from('\n')];
}

/** The whole frames of a file. A process that was killed leaves its last one cut: that was never acknowledged. */
export function framesIn(file: Buffer): readonly Batch[] {
  const frames: Batch[] = [];
  for (let start = 0; ; ) {
    const newline = file.indexOf(NEWLINE, start);
    const head = newline === -1 ? undefined : headOf(file.subarray(start, newline));
    if (head === undefined) return frames;
    const end = newline + 1 + head.bytes;
    if (file[end] !== NEWLINE) return frames;
    frames.push({ source: head.source, bytes: file.subarray(newline + 1, end) });
    start = end + 1;
  }
}

function headOf(line: Buffer): Head | undefined {
  try {
    const { source, bytes } = JSON.parse(line.toString()) as Partial<Head>;
    const isHead = (source === 'webhook' || source === 'log') && Number.isSafeInteger(bytes) && Number(bytes) >= 0;
    return isHead ? { source, bytes: Number(bytes) } : undefined;
  } catch {
    return undefined;
  }
}

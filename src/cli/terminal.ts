import { createReadStream, fstatSync, writeSync } from 'node:fs';

/** What a command sees of the process it runs in; tests give another. */
export interface Terminal {
  /** To standard output: results, and nothing else. */
  out(text: string): void;
  /** A line to standard error: what is said to people on the way. */
  log(line: string): void;
  /** Standard input, in pieces. */
  stdin(): AsyncIterable<Uint8Array>;
  /** Whether standard output takes colours: a terminal does, unless NO_COLOR is set (no-color.org). */
  readonly hasColours: boolean;
  /** How many characters stand on a line of the terminal that standard output is; undefined where it is none. */
  readonly columns?: number | undefined;
  /** Paths are taken from here. */
  readonly directory: string;
  /** The time of the machine, RFC 3339. Nothing else of the command line reads a clock. */
  now(): string;
}

const STDIN = 0;
const STDOUT = 1;

/** Of the process itself. */
export function processTerminal(): Terminal {
  const { NO_COLOR, TERM } = process.env;
  return {
    out: isFile(STDOUT) ? writeAll : (text) => void process.stdout.write(text),
    log: (line) => void process.stderr.write(`${line}\n`),
    // Not process.stdin, which would keep the process alive once it was touched.
    stdin: () => createReadStream('', { fd: STDIN, autoClose: false }),
    hasColours: process.stdout.isTTY === true && (NO_COLOR ?? '') === '' && TERM !== 'dumb',
    columns: process.stdout.isTTY === true ? process.stdout.columns : undefined,
    directory: process.cwd(),
    now: () => new Date().toISOString(),
  };
}

function isFile(fd: number): boolean {
  try {
    return fstatSync(fd).isFile();
  } catch {
    return false;
  }
}

/** Node's own stream leaves out, without a word, what a full disk did not take. */
function writeAll(text: string): void {
  let rest: Uint8Array = Buffer.from(text);
  while (rest.length > 0) rest = rest.subarray(writeSync(STDOUT, rest));
}

import { createReadStream } from 'node:fs';

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
  /** Paths are taken from here. */
  readonly directory: string;
}

/** Of the process itself. */
export function processTerminal(): Terminal {
  const { NO_COLOR, TERM } = process.env;
  return {
    out: (text) => void process.stdout.write(text),
    log: (line) => void process.stderr.write(`${line}\n`),
    // Not process.stdin, which would keep the process alive once it was touched.
    stdin: () => createReadStream('', { fd: 0, autoClose: false }),
    hasColours: process.stdout.isTTY === true && (NO_COLOR ?? '') === '' && TERM !== 'dumb',
    directory: process.cwd(),
  };
}

import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { join } from 'node:path';

/** What a run of tests came to. */
export interface Tally {
  readonly passed: number;
  /** What failed, and with which message, a line each. */
  readonly failures: readonly string[];
}

const RUNNER = join(import.meta.dirname, 'test.ts');

/**
 * The tests that play with a whole operator mostly wait for it, the others mostly compute: side by side they take little
 * longer than the longer lane alone. What the first lane says is printed as it comes, the others' when all have ended.
 */
export async function runLanes(lanes: readonly (readonly string[])[]): Promise<Tally> {
  const running = lanes.map((files, i) => startLane(files, i === 0));
  const stop = (): void => {
    for (const { child } of running) child.kill('SIGTERM');
  };
  process.once('SIGINT', stop).once('SIGTERM', stop);
  const ended = await Promise.all(running.map(({ ended }) => ended));
  for (const { output } of ended) process.stdout.write(output);
  return {
    passed: ended.reduce((sum, { tally }) => sum + tally.passed, 0),
    failures: ended.flatMap(({ tally }) => tally.failures),
  };
}

interface Lane {
  readonly child: ChildProcess;
  readonly ended: Promise<{ readonly tally: Tally; readonly output: string }>;
}

function startLane(files: readonly string[], isLive: boolean): Lane {
  const child = spawn(process.execPath, [RUNNER, '--forbid-only', ...files], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const chunks: Buffer[] = [];
  let tally: Tally | undefined;
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      if (isLive) process.stdout.write(chunk);
      else chunks.push(chunk);
    });
  }
  child.on('message', (message) => {
    tally = message as Tally;
  });
  const ended = new Promise<{ readonly tally: Tally; readonly output: string }>((resolve) => {
    child.once('close', (code, signal) => {
      resolve({ tally: resultOf(files, tally, signal ?? code), output: Buffer.concat(chunks).toString() });
    });
  });
  return { child, ended };
}

/** A lane that ran nothing, or ended before it could tell, failed. */
function resultOf(files: readonly string[], tally: Tally | undefined, end: string | number | null): Tally {
  const { passed, failures } = tally ?? { passed: 0, failures: [] };
  if (failures.length > 0 || (passed > 0 && end === 0)) return { passed, failures };
  return { passed, failures: [`the tests from ${files[0]} on ended with ${end} after ${passed} passed`] };
}

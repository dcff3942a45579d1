import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A running server. */
export interface ServerProcess {
  readonly name: string;
  readonly pid: number;
  readonly logPath: string;
  hasExited(): boolean;
  /** SIGKILL, and resolves when the process is gone. */
  kill(): Promise<void>;
  /** SIGTERM, SIGKILL after `graceMs`; resolves when the process is gone. */
  stop(graceMs: number): Promise<void>;
}

/**
 * Starts a server that logs to `<dir>/<name>.log` (appending, over restarts) and is known to the directory's guard.
 * @throws when the file cannot be executed
 */
export async function startProcess(
  dir: string,
  name: string,
  file: string,
  args: readonly string[],
): Promise<ServerProcess> {
  const logPath = join(dir, `${name}.log`);
  const pidPath = join(dir, `${name}.pid`);
  const log = openSync(logPath, 'a');
  // Detached: the terminal's Ctrl-C is for us, and we stop the servers in order.
  const child = spawn(file, args, { stdio: ['ignore', log, log], cwd: dir, detached: true });
  closeSync(log);
  if (child.pid === undefined) throw await once(child, 'error').then(([error]) => error);
  const pid = child.pid;
  writeFileSync(pidPath, `${pid}\n`);
  const exited = once(child, 'exit').then(() => rmSync(pidPath, { force: true }));
  child.unref(); // see guard.ts

  const hasExited = (): boolean => child.exitCode !== null || child.signalCode !== null;
  const signalAndWait = async (signal: NodeJS.Signals): Promise<void> => {
    if (hasExited()) return;
    child.ref();
    child.kill(signal);
    await exited;
  };
  return {
    name,
    pid,
    logPath,
    hasExited,
    kill: () => signalAndWait('SIGKILL'),
    async stop(graceMs) {
      const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
      await signalAndWait('SIGTERM').finally(() => clearTimeout(timer));
    },
  };
}

const POLL_EVERY_MS = 50;

/**
 * Resolves when `probe` says true; a probe that throws counts as false.
 * @throws when the process ends or `withinMs` pass first: the message has the end of its log
 */
export async function waitUntilReady(
  server: ServerProcess,
  probe: () => Promise<boolean>,
  withinMs: number,
): Promise<void> {
  const endMs = performance.now() + withinMs;
  while (!(await probe().catch(() => false))) {
    if (server.hasExited()) throw new Error(`${server.name} ended while it started:\n${logTail(server)}`);
    if (performance.now() > endMs) throw new Error(`${server.name} not ready in ${withinMs} ms:\n${logTail(server)}`);
    await sleep(POLL_EVERY_MS);
  }
}

const TAIL_LINES = 15;

function logTail(server: ServerProcess): string {
  return readFileSync(server.logPath, 'utf8').trimEnd().split('\n').slice(-TAIL_LINES).join('\n');
}

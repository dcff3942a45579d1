import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The process ids of a control plane's servers, from the pid files in its directory. */
export function serverPids(dir: string): readonly number[] {
  const files = readdirSync(dir).filter((name) => name.endsWith('.pid'));
  return files.map((name) => Number(readFileSync(join(dir, name), 'utf8')));
}

/** Whether a process runs. A zombie does not: containers without an init leave orphans that way. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  try {
    // proc_pid_stat(5): the state follows the command's closing parenthesis.
    return !/\) [ZX]/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return process.platform !== 'linux';
  }
}

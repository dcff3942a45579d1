import type { ChildProcess } from 'node:child_process';
import { spawn, spawnSync } from 'node:child_process';

/** The user of the image, who owns nothing. */
const NOBODY = { uid: 65532, gid: 65532 };

/** To be spread into spawn's options: another user where we may become one who can run this Node, else nothing. */
export const unprivileged = (): { readonly uid?: number; readonly gid?: number } => {
  if (process.getuid?.() !== 0) return {};
  const probe = spawnSync(process.execPath, ['--version'], { ...NOBODY, env: {}, cwd: '/' });
  return probe.status === 0 ? NOBODY : {};
};

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Node with nothing in its environment, as nobody. */
export const startNode = (args: readonly string[], { cwd, env = {} }: RunOptions): ChildProcess =>
  spawn(process.execPath, args, { cwd, env, ...unprivileged(), stdio: ['ignore', 'pipe', 'pipe'] });

/** Runs Node to its end. */
export function runNode(args: readonly string[], options: RunOptions): Promise<Ended> {
  const child = startNode(args, options);
  const output = { stdout: '', stderr: '' };
  child.stdout?.on('data', (chunk) => {
    output.stdout += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    output.stderr += chunk;
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, ...output }));
  });
}

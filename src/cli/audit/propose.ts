import { readFile } from 'node:fs/promises';
import type { ExitCode } from '../exitCodes.ts';
import type { Terminal } from '../terminal.ts';
import type { ProposeInput } from './proposed.ts';
import type { RunProposeResult } from './runPropose.ts';

export interface ProposeFlags {
  readonly subject?: readonly string[];
  readonly namespace?: readonly string[];
  readonly since?: string;
  readonly grants?: readonly string[];
  readonly approve?: readonly string[];
  readonly maxNames?: number;
  readonly output: 'yaml' | 'json';
}

/** `drawbridge audit propose`: 0 all is said, 1 something is for people to decide or was not readable. */
export async function auditPropose(
  files: readonly string[],
  flags: ProposeFlags,
  terminal: Terminal,
): Promise<ExitCode> {
  const { output, exitCode } = await proposeFrom(files, flags);
  terminal.out(output);
  return exitCode;
}

/** Reads and proposes. The YAML library and all that judges are loaded here, so that other commands do without. */
async function proposeFrom(files: readonly string[], flags: ProposeFlags): Promise<RunProposeResult> {
  const { escalationIds } = await import('../../k8s/rbac/escalationPaths.ts');
  const { subject: subjects = [], approve: approved = [] } = flags;
  const unknown = approved.find((id) => !escalationIds().includes(id));
  if (unknown !== undefined)
    throw new Error(`there is no path "${unknown}": write one of ${escalationIds().join(', ')}`);
  const grants = await readGrants(flags.grants ?? []);
  const { runPropose } = await import('./runPropose.ts');
  return runPropose(
    { ...(await readLogs(files, flags)), grants },
    {
      output: flags.output,
      subjects,
      approved,
      ...(flags.maxNames === undefined ? {} : { maxNames: flags.maxNames }),
    },
  );
}

async function readLogs(files: readonly string[], flags: ProposeFlags): Promise<Omit<ProposeInput, 'grants'>> {
  const { logLines } = await import('./logLines.ts');
  const { readUsage } = await import('./readUsage.ts');
  const { serviceAccountOf } = await import('../../audit/usage/impersonations.ts');
  const { subject = [], namespace = [], since } = flags;
  const isWanted = (user: string): boolean => {
    const account = serviceAccountOf(user);
    const isThere = namespace.length === 0 || (account !== undefined && namespace.includes(account.namespace));
    return isThere && (subject.length === 0 ? account !== undefined : subject.includes(user));
  };
  const logs = files.map((name) => ({ name, lines: logLines(name) }));
  return readUsage(logs, { isWanted, ...(since === undefined ? {} : { since }) });
}

async function readGrants(files: readonly string[]): Promise<ProposeInput['grants']> {
  if (files.length === 0) return undefined;
  const { grantObjects } = await import('./grantObjects.ts');
  const read = files.map(async (file) => grantObjects(await readFile(file, 'utf8'), file));
  return (await Promise.all(read)).flat();
}

import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { ExitCode } from '../exitCodes.ts';
import { parseOutputs, writeOutputs } from '../format/outputs.ts';
import type { Terminal } from '../terminal.ts';
import type { ProposeInput } from './proposed.ts';
import type { ProposeFormat } from './proposeFormats.ts';
import { PROPOSE_FORMATS } from './proposeFormats.ts';
import type { RunProposeResult } from './runPropose.ts';

export interface ProposeFlags {
  readonly subject?: readonly string[];
  readonly namespace?: readonly string[];
  readonly since?: string;
  readonly grants?: readonly string[];
  readonly approve?: readonly string[];
  readonly maxNames?: number;
  readonly output?: readonly string[];
}

/** `drawbridge audit propose`: 0 all is said, 1 something is for people to decide or was not readable. */
export async function auditPropose(
  files: readonly string[],
  flags: ProposeFlags,
  terminal: Terminal,
): Promise<ExitCode> {
  const outputs = parseOutputs(flags.output ?? ['yaml'], PROPOSE_FORMATS);
  const proposed = await proposeFrom(files, flags, terminal);
  await writeOutputs(outputs, (format) => proposed(format as ProposeFormat).output, terminal);
  return proposed('json').exitCode;
}

/** Reads and proposes. The YAML library and all that judges are loaded here, so that other commands do without. */
async function proposeFrom(
  files: readonly string[],
  flags: ProposeFlags,
  terminal: Terminal,
): Promise<(output: ProposeFormat) => RunProposeResult> {
  const { escalationIds } = await import('../../k8s/rbac/escalationPaths.ts');
  const { subject: subjects = [], approve: approved = [] } = flags;
  const unknown = approved.find((id) => !escalationIds().includes(id));
  if (unknown !== undefined)
    throw new Error(`there is no path "${unknown}": write one of ${escalationIds().join(', ')}`);
  const grants = await readGrants(flags.grants ?? [], terminal);
  const { runPropose } = await import('./runPropose.ts');
  const input = { ...(await readLogs(files, flags, terminal)), grants };
  const { maxNames } = flags;
  return (output) => runPropose(input, { output, subjects, approved, ...(maxNames === undefined ? {} : { maxNames }) });
}

async function readLogs(
  files: readonly string[],
  flags: ProposeFlags,
  terminal: Terminal,
): Promise<Omit<ProposeInput, 'grants'>> {
  const { logLines, splitLines } = await import('./logLines.ts');
  const { readUsage } = await import('./readUsage.ts');
  const { serviceAccountOf } = await import('../../audit/usage/impersonations.ts');
  const { subject = [], namespace = [], since } = flags;
  const isWanted = (user: string): boolean => {
    const account = serviceAccountOf(user);
    const isThere = namespace.length === 0 || (account !== undefined && namespace.includes(account.namespace));
    return isThere && (subject.length === 0 ? account !== undefined : subject.includes(user));
  };
  const logs = files.map((name) => ({
    name,
    lines: name === '-' ? splitLines(terminal.stdin()) : logLines(resolve(terminal.directory, name)),
  }));
  return readUsage(logs, { isWanted, ...(since === undefined ? {} : { since }) });
}

async function readGrants(files: readonly string[], { directory }: Terminal): Promise<ProposeInput['grants']> {
  if (files.length === 0) return undefined;
  const { grantObjects } = await import('./grantObjects.ts');
  const read = files.map(async (file) => grantObjects(await readFile(resolve(directory, file), 'utf8'), file));
  return (await Promise.all(read)).flat();
}

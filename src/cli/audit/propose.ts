import { readFile } from 'node:fs/promises';
import { InvalidArgumentError, Option } from 'commander';
import type { AddCommand } from '../command.ts';
import { acting } from '../command.ts';
import { collect } from '../options.ts';
import type { ProposeInput, RunProposeResult } from './runPropose.ts';
import { parseSince } from './since.ts';

interface ProposeFlags {
  readonly subject: readonly string[];
  readonly namespace: readonly string[];
  readonly since?: string;
  readonly grants: readonly string[];
  readonly approve: readonly string[];
  readonly maxNames?: number;
  readonly output: 'yaml' | 'json';
}

/** `drawbridge audit propose`. Exit codes: 0 all is said, 1 something is for people to decide or was not readable. */
export const addPropose: AddCommand = (parent, host) => {
  parent
    .command('propose')
    .description('propose the smallest roles that allow what an audit log shows')
    .argument('<files...>', 'audit logs, an event a line; .gz is unpacked; "-" is standard input')
    .option(
      '--subject <user>',
      'system:serviceaccount:NAMESPACE:NAME, or a user; else all ServiceAccounts',
      collect,
      [],
    )
    .option('--namespace <name>', 'only ServiceAccounts of this namespace', collect, [])
    .option('--since <time>', 'only events since then: "30d", "12h", "2026-11-01T00:00:00Z"', sinceNow)
    .option('--grants <file>', 'Roles and bindings in force, as "kubectl get -o yaml" gives them', collect, [])
    .option('--approve <path>', 'an escalation path whose rights shall be granted, such as secrets-read', collect, [])
    .option('--max-names <count>', 'a rule names no more objects than these', count)
    .addOption(
      new Option('-o, --output <format>', 'as manifests, or all that is known')
        .choices(['yaml', 'json'])
        .default('yaml'),
    )
    .addHelpText('after', '\nIt asks no cluster and changes nothing. See docs/least-privilege.md.')
    .action(
      acting(host, async (files: readonly string[], flags: ProposeFlags) => {
        const { output, exitCode } = await proposeFrom(files, flags);
        host.terminal.out(output);
        return exitCode;
      }),
    );
};

/** Reads and proposes. The YAML library and all that judges are loaded here, so that other commands do without. */
async function proposeFrom(files: readonly string[], flags: ProposeFlags): Promise<RunProposeResult> {
  const { escalationIds } = await import('../../audit/propose/escalationPaths.ts');
  const unknown = flags.approve.find((id) => !escalationIds().includes(id));
  if (unknown !== undefined)
    throw new Error(`there is no path "${unknown}": write one of ${escalationIds().join(', ')}`);
  const grants = await readGrants(flags.grants);
  const { runPropose } = await import('./runPropose.ts');
  return runPropose(
    { ...(await readLogs(files, flags)), grants },
    {
      output: flags.output,
      subjects: flags.subject,
      approved: flags.approve,
      ...(flags.maxNames === undefined ? {} : { maxNames: flags.maxNames }),
    },
  );
}

async function readLogs(files: readonly string[], flags: ProposeFlags): Promise<Omit<ProposeInput, 'grants'>> {
  const { logLines } = await import('./logLines.ts');
  const { readUsage } = await import('./readUsage.ts');
  const { serviceAccountOf } = await import('../../audit/usage/impersonations.ts');
  const { subject, namespace, since } = flags;
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

function sinceNow(value: string): string {
  try {
    return parseSince(value, Date.now());
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : String(error));
  }
}

function count(value: string): number {
  if (!/^\d{1,3}$/.test(value)) throw new InvalidArgumentError('write a number, such as 5; 0 names none.');
  return Number(value);
}

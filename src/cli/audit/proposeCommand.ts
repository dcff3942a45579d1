import { InvalidArgumentError } from 'commander';
import { errorMessage } from '../../k8s/errorMessage.ts';
import type { AddCommand, Host } from '../command.ts';
import { acting } from '../command.ts';
import { collect, outputOption } from '../options.ts';
import type { ProposeFlags } from './propose.ts';
import { PROPOSE_FORMATS } from './proposeFormats.ts';
import { parseSince } from './since.ts';

export const addPropose: AddCommand = (parent, host) => {
  parent
    .command('propose')
    .description('propose the smallest roles that allow what an audit log shows')
    .argument('<files...>', 'audit logs, an event a line; .gz is unpacked; "-" is standard input')
    .option('--subject <user>', 'system:serviceaccount:NAMESPACE:NAME, or a user; else all ServiceAccounts', collect)
    .option('--namespace <name>', 'only ServiceAccounts of this namespace', collect)
    .option('--since <time>', 'only events since then: "30d", "12h", "2026-11-01T00:00:00Z"', sinceNow(host))
    .option('--grants <file>', 'Roles and bindings in force, as "kubectl get -o yaml" gives them', collect)
    .option('--approve <path>', 'an escalation path whose rights shall be granted, such as secrets-read', collect)
    .option('--max-names <count>', 'a rule names no more objects than these', count)
    .addOption(outputOption(PROPOSE_FORMATS, 'yaml'))
    .addHelpText('after', '\nIt asks no cluster and changes nothing. See docs/least-privilege.md.')
    .action(
      acting(host, async (files: readonly string[], flags: ProposeFlags) => {
        const { auditPropose } = await import('./propose.ts');
        return auditPropose(files, flags, host.terminal);
      }),
    );
};

const sinceNow =
  ({ terminal }: Host) =>
  (value: string): string => {
    try {
      return parseSince(value, Date.parse(terminal.now()));
    } catch (error) {
      throw new InvalidArgumentError(errorMessage(error));
    }
  };

function count(value: string): number {
  if (!/^\d{1,3}$/.test(value)) throw new InvalidArgumentError('write a number, such as 5; 0 names none.');
  return Number(value);
}

import type { AddCommand } from '../command.ts';
import { acting } from '../command.ts';
import { FORMAT_NAMES } from '../format/formatNames.ts';
import { FILES, failOnOption, outputOption } from '../options.ts';
import { clusterOptions, worldOptions } from '../world/options.ts';
import type { ExplainFlags } from './explain.ts';

export const addExplain: AddCommand = (parent, host) => {
  const command = parent
    .command('explain')
    .description('say which baseline governs a namespace and why, what is held there, what is wrong, and what to do')
    .argument('[files...]', `baselines, the namespace and what is in it: ${FILES}; none: the cluster`);
  for (const option of [...worldOptions(), ...clusterOptions()]) {
    command.addOption(option.long === '--namespace' ? option.makeOptionMandatory() : option);
  }
  command
    .addOption(failOnOption())
    .addOption(outputOption(FORMAT_NAMES, 'table'))
    .action(
      acting(host, async (files: readonly string[], flags: ExplainFlags) => {
        const { explain } = await import('./explain.ts');
        return explain(files, flags, host.terminal);
      }),
    );
};

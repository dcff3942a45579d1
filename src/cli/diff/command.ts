import type { AddCommand } from '../command.ts';
import { acting } from '../command.ts';
import { FORMAT_NAMES } from '../format/formatNames.ts';
import { FILES, outputOption } from '../options.ts';
import { clusterOptions, worldOptions } from '../world/options.ts';
import type { DiffFlags } from './diff.ts';

export const addDiff: AddCommand = (parent, host) => {
  const command = parent
    .command('diff')
    .description(
      'say what the operator would change in the cluster now, or what it would hold otherwise by other files',
    )
    .argument(
      '[files...]',
      `none: the cluster as it is; with --live: as it would be with these; else two, before and after: ${FILES}`,
    );
  for (const option of [...worldOptions(), ...clusterOptions()]) command.addOption(option);
  command.addOption(outputOption(FORMAT_NAMES, 'table')).action(
    acting(host, async (files: readonly string[], flags: DiffFlags) => {
      const { diff } = await import('./diff.ts');
      return diff(files, flags, host.terminal);
    }),
  );
};

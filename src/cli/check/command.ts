import type { AddCommand } from '../command.ts';
import { acting } from '../command.ts';
import { FORMAT_NAMES } from '../format/formatNames.ts';
import { kubernetesVersionOption } from '../kubernetesVersion.ts';
import { FILES, failOnOption, outputOption } from '../options.ts';
import { worldOptions } from '../world/options.ts';
import type { CheckFlags } from './check.ts';

export const addCheck: AddCommand = (parent, host) => {
  const command = parent
    .command('check')
    .description('find what in manifests goes against the baselines beside them, without a cluster')
    .argument('<files...>', `baselines, and manifests of namespaces and what is in them: ${FILES}`);
  for (const option of worldOptions('a namespace beside those that the manifests are in')) command.addOption(option);
  command
    .addOption(kubernetesVersionOption())
    .addOption(failOnOption())
    .addOption(outputOption(FORMAT_NAMES, 'table'))
    .action(
      acting(host, async (files: readonly string[], flags: CheckFlags) => {
        const { check } = await import('./check.ts');
        return check(files, flags, host.terminal);
      }),
    );
};

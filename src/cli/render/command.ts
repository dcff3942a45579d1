import type { AddCommand } from '../command.ts';
import { acting } from '../command.ts';
import { FILES, outputOption } from '../options.ts';
import { clusterOptions, worldOptions } from '../world/options.ts';
import { RENDER_FORMATS } from './formats.ts';
import type { RenderFlags } from './render.ts';

export const addRender: AddCommand = (parent, host) => {
  const command = parent
    .command('render')
    .description('write the objects that the operator holds in namespaces, as it sends them')
    .argument('[files...]', `baselines and namespaces: ${FILES}; none: those of the cluster`);
  for (const option of [...worldOptions(), ...clusterOptions()]) command.addOption(option);
  command.addOption(outputOption(RENDER_FORMATS, 'yaml')).action(
    acting(host, async (files: readonly string[], flags: RenderFlags) => {
      const { render } = await import('./render.ts');
      return render(files, flags, host.terminal);
    }),
  );
};

import { Argument } from 'commander';
import type { AddCommand } from '../command.ts';
import { acting } from '../command.ts';
import { CLEAN } from '../exitCodes.ts';
import type { Shell } from './scripts.ts';
import { SCRIPTS, SHELLS } from './scripts.ts';

export const addCompletion: AddCommand = (parent, host) => {
  parent
    .command('completion')
    .description('write a script by which a shell completes what is typed')
    .addArgument(new Argument('<shell>', SHELLS.join(', ')).choices([...SHELLS]))
    .action(
      acting(host, async (shell: Shell) => {
        host.terminal.out(SCRIPTS[shell]);
        return CLEAN;
      }),
    );
};

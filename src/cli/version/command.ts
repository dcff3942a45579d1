import { VERSION } from '../../version.ts';
import type { AddCommand } from '../command.ts';
import { acting } from '../command.ts';
import { CLEAN } from '../exitCodes.ts';

export const addVersion: AddCommand = (parent, host) => {
  parent
    .command('version')
    .description('print the version')
    .action(
      acting(host, async () => {
        host.terminal.out(`${VERSION}\n`);
        return CLEAN;
      }),
    );
};

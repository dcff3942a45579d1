import type { Command } from 'commander';
import { errorMessage } from '../k8s/errorMessage.ts';
import type { ExitCode } from './exitCodes.ts';
import { FAILED } from './exitCodes.ts';
import type { Terminal } from './terminal.ts';

/** What a command is run with, and whom it tells how it ended. */
export interface Host {
  readonly terminal: Terminal;
  end(code: ExitCode): void;
}

/** Adds one command to its parent. It says what there is to say in the help, and loads what it does when it is run. */
export type AddCommand = (parent: Command, host: Host) => void;

/** An action that answers with the exit code; whatever it throws becomes a sentence and a 2, and never a stack. */
export const acting =
  <Args extends readonly unknown[]>(host: Host, act: (...args: Args) => Promise<ExitCode>) =>
  async (...args: Args): Promise<void> => {
    try {
      host.end(await act(...args));
    } catch (error) {
      host.terminal.log(`error: ${errorMessage(error)}`);
      host.end(FAILED);
    }
  };

import { Command, CommanderError } from 'commander';
import { errorMessage } from '../k8s/errorMessage.ts';
import { addAudit } from './audit/command.ts';
import { addAuditAgent } from './auditAgent/command.ts';
import { addAuditReceiver } from './auditReceiver/command.ts';
import { addCheck } from './check/command.ts';
import type { AddCommand, Host } from './command.ts';
import { addCompletion } from './completion/command.ts';
import { COMPLETE } from './completion/scripts.ts';
import { completionText, suggestionsFor } from './completion/suggestions.ts';
import { addDiff } from './diff/command.ts';
import type { ExitCode } from './exitCodes.ts';
import { CLEAN, FAILED } from './exitCodes.ts';
import { addExplain } from './explain/command.ts';
import { addOperator } from './operator/command.ts';
import { addRender } from './render/command.ts';
import type { Terminal } from './terminal.ts';
import { addVersion } from './version/command.ts';

/** A command is one file and one line here. */
const COMMANDS: readonly AddCommand[] = [
  addOperator,
  addAuditReceiver,
  addAuditAgent,
  addRender,
  addDiff,
  addCheck,
  addExplain,
  addAudit,
  addCompletion,
  addVersion,
];

const EXIT_CODES = `
Exit codes: 0 clean, 1 findings or differences, 2 wrong usage or an error.`;

export function createProgram(host: Host, name = 'drawbridge'): Command {
  const program = new Command(name)
    .description('Holds Kubernetes namespaces at a declared security baseline.')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => host.terminal.out(text),
      writeErr: (text) => host.terminal.log(text.trimEnd()),
    })
    .showHelpAfterError('--help says what it takes.')
    .addHelpText('after', EXIT_CODES);
  for (const add of COMMANDS) add(program, host);
  return program;
}

/** Runs one command to its end. Never throws. `name`: what the program is called in its help. */
export async function runProgram(args: readonly string[], terminal: Terminal, name?: string): Promise<ExitCode> {
  let code: ExitCode = CLEAN;
  const end = (ended: ExitCode): void => {
    code = ended;
  };
  try {
    const program = createProgram({ terminal, end }, name);
    const [first, ...words] = args;
    if (first === COMPLETE) terminal.out(completionText(suggestionsFor(program, words)));
    else await program.parseAsync([...args], { from: 'user' });
    return code;
  } catch (error) {
    // Of commander, which has said what there is to say; help that was asked for is no error.
    if (error instanceof CommanderError) return error.exitCode === 0 ? CLEAN : FAILED;
    terminal.log(`error: ${errorMessage(error)}`);
    return FAILED;
  }
}

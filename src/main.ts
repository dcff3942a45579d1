import { FAILED } from './cli/exitCodes.ts';
import { invocationOf } from './cli/invocation.ts';
import { runProgram } from './cli/program.ts';
import { processTerminal } from './cli/terminal.ts';

// A mistake of ours must not be taken for findings, which is what Node's own exit code 1 means here.
process.on('uncaughtException', (error) => {
  process.stderr.write(`error: ${error.stack ?? error.message}\n`);
  process.exit(FAILED);
});
// It is judged below, after what was written.
process.stdout.on('error', () => {});
// Who reads what is said on the way may go, too: that changes nothing of the answer.
process.stderr.on('error', () => {});
const { name, args } = invocationOf(process.argv[1] ?? '', process.argv.slice(2));
const code = await runProgram(args, processTerminal(), name);
// Nothing that is still open may hold the process up. The only place that ends it.
process.stdout.write('', (error: NodeJS.ErrnoException | null | undefined) => {
  // Who reads may be gone before the end, as `head` is: what was found out stays what it is. Otherwise results are lost.
  const isLost = error !== undefined && error !== null && error.code !== 'EPIPE';
  if (isLost) process.stderr.write(`error: standard output cannot be written: ${error.message}\n`);
  process.exit(isLost ? FAILED : code);
});

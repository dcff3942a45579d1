import { runProgram } from './cli/program.ts';
import { processTerminal } from './cli/terminal.ts';

// Who reads may be gone before the end, as `head` is: what was found out stays what it is.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});
const code = await runProgram(process.argv.slice(2), processTerminal());
// After what was written; nothing that is still open may hold the process up. The only place that ends it.
process.stdout.write('', () => process.exit(code));

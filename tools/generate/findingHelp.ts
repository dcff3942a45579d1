import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Generator } from './generator.ts';
import { GENERATED } from './generator.ts';
import { ROOT } from './stale.ts';

/** What the command line says of a reason, from the page that says it to people: there is one text of each. */
export const findingHelpGenerator: Generator = {
  name: 'finding-help',
  files: async () => {
    const page = await readFile(join(ROOT, 'docs/findings.md'), 'utf8');
    const content = { '//': GENERATED, reasons: helpIn(page) };
    return [{ path: 'src/cli/findings/help.json', content: `${JSON.stringify(content, undefined, 2)}\n` }];
  },
};

interface Help {
  readonly means: string;
  readonly fix: string;
}

/** Of every table with the columns Reason, Means and What to do, in their order; Events have nothing to do. */
export function helpIn(page: string): Readonly<Record<string, Help>> {
  const help: Record<string, Help> = {};
  let columns: readonly string[] = [];
  for (const line of page.split('\n')) {
    const cells = /^\| .* \|$/.test(line) ? line.slice(2, -2).split(' | ') : undefined;
    if (cells === undefined) columns = [];
    else if (cells[0] === 'Reason') columns = cells;
    else {
      const cell = (name: string): string => plain(cells[columns.indexOf(name)] ?? '');
      const [, reason] = /^`(\w+)`$/.exec(cells[0] ?? '') ?? [];
      if (reason !== undefined && columns.includes('What to do')) {
        help[reason] = { means: cell('Means'), fix: cell('What to do') };
      }
    }
  }
  return help;
}

/** Without the marks of Markdown; of a link its text. */
const plain = (cell: string): string => cell.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').replaceAll('`', '');

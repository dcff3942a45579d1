import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { Generator } from './generator.ts';
import { GENERATED } from './generator.ts';
import { ROOT } from './stale.ts';

const BROWSER = join(ROOT, 'src/operator/statusPage/browser');

/** The status page as strings of the program, which is one file and reads none beside it. */
export const statusPageGenerator: Generator = {
  name: 'status-page',
  files: async () => {
    const [page, style, script] = await Promise.all([
      readFile(join(BROWSER, 'page.html'), 'utf8'),
      readFile(join(BROWSER, 'page.css'), 'utf8'),
      scriptText(),
    ]);
    const parts = Object.entries({ PAGE: page, STYLE: style, SCRIPT: script });
    const exports = parts.map(([name, text]) => `export const ${name} =\n${stringOf(text)};\n`);
    return [{ path: 'src/operator/statusPage/assets.ts', content: `// ${GENERATED}\n\n${exports.join('\n')}` }];
  },
};

async function scriptText(): Promise<string> {
  const { outputFiles } = await build({
    absWorkingDir: BROWSER,
    entryPoints: ['page.ts'],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2023',
    charset: 'ascii',
    logLevel: 'error',
  });
  const [file] = outputFiles;
  if (file === undefined || outputFiles.length > 1)
    throw new Error(`one script was expected, not ${outputFiles.length}`);
  return file.text;
}

/** A line of the file for each line of the text, so that a diff can be read. */
const stringOf = (text: string): string =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => `  ${JSON.stringify(`${line}\n`)}`)
    .join(' +\n');

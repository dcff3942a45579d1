/**
 * Writes every generated file that is stale and names it. With `--check` it writes nothing, and fails when there is one.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { GENERATORS } from './generate/index.ts';
import { ROOT, staleFiles } from './generate/stale.ts';

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
const stale = await staleFiles(GENERATORS);
for (const { path, content } of stale) {
  if (values.check) {
    console.error(`${path} is stale: run make generate`);
    continue;
  }
  await mkdir(dirname(join(ROOT, path)), { recursive: true });
  await writeFile(join(ROOT, path), content);
  console.log(`wrote ${path}`);
}
if (values.check && stale.length > 0) process.exitCode = 1;

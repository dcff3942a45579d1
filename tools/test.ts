/**
 * Runs the tests, all of them or the files that are named, and says how many passed as its last line. It fails when one
 * failed and when there was none to run. Settings are mocha's own (.mocharc.json), so `npx mocha` runs the same.
 */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { MochaOptions, RootHookObject } from 'mocha';
import Mocha from 'mocha';

interface Settings {
  readonly require: readonly string[];
  readonly spec: readonly string[];
  readonly timeout: number;
  readonly slow: number;
}

interface Tally {
  readonly passed: number;
  readonly failed: number;
}

const ROOT = join(import.meta.dirname, '..');
/** Time for sockets and child processes to go; whatever stays longer is a leak, and named. */
const LINGER_MS = 10_000;

async function main(): Promise<void> {
  const settings: Settings = JSON.parse(readFileSync(join(ROOT, '.mocharc.json'), 'utf8'));
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { grep: { type: 'string', short: 'g' } },
  });
  const files = globSync([...(positionals.length > 0 ? positionals : settings.spec)], { cwd: ROOT }).sort();
  const tally = await run(files, settings, { forbidOnly: positionals.length === 0, ...values }).catch(failedToLoad);
  process.exitCode = tally.failed > 0 || tally.passed === 0 ? 1 : 0;
  if (tally.failed + tally.passed === 0) console.error(`no test was run: ${files.length} files`);
  console.log(`${tally.passed} passed, ${tally.failed} failed`);
  endSoon();
}

async function run(files: readonly string[], settings: Settings, options: MochaOptions): Promise<Tally> {
  const mocha = new Mocha({ timeout: settings.timeout, slow: settings.slow, reporter: 'spec', ...options });
  for (const path of settings.require) {
    const { mochaHooks }: { readonly mochaHooks?: RootHookObject } = await import(join(ROOT, path));
    if (mochaHooks !== undefined) mocha.rootHooks(mochaHooks);
  }
  for (const file of files) mocha.addFile(join(ROOT, file));
  await mocha.loadFilesAsync();
  return new Promise((resolve) => {
    const runner = mocha.run((failures) => resolve({ passed: runner.stats?.passes ?? 0, failed: failures }));
  });
}

/** A file that cannot be loaded is a test that failed. */
function failedToLoad(error: unknown): Tally {
  console.error(error);
  return { passed: 0, failed: 1 };
}

function endSoon(): void {
  const timer = setTimeout(() => {
    console.error(`still open after the tests: ${process.getActiveResourcesInfo().join(', ')}`);
    process.exit();
  }, LINGER_MS);
  timer.unref();
}

await main();

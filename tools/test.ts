/**
 * Runs the tests, all of them or the files that are named, and says how many passed as its last line. It fails when one
 * failed and when there was none to run. Settings are mocha's own (.mocharc.json), so `npx mocha` runs the same.
 */
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import type { MochaOptions, RootHookObject } from 'mocha';
import Mocha from 'mocha';
import type { Tally } from './testLanes.ts';
import { runLanes } from './testLanes.ts';

interface Settings {
  readonly require: readonly string[];
  readonly spec: readonly string[];
  readonly timeout: number;
  readonly slow: number;
}

const ROOT = join(import.meta.dirname, '..');
/** Time for sockets and child processes to go; whatever stays longer is a leak, and named. */
const LINGER_MS = 10_000;
/** Of a failure's message: enough to know it again; the whole stands above. */
const FAILURE_CHARS = 200;

async function main(): Promise<void> {
  const settings: Settings = JSON.parse(readFileSync(join(ROOT, '.mocharc.json'), 'utf8'));
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { grep: { type: 'string', short: 'g' }, 'forbid-only': { type: 'boolean', default: false } },
  });
  const isAll = positionals.length === 0;
  const files = globSync([...(isAll ? settings.spec : positionals)], { cwd: ROOT }).sort();
  const { grep, 'forbid-only': forbidOnly } = values;
  const tally =
    isAll && grep === undefined
      ? await runLanes(lanesOf(files))
      : await run(files, settings, { forbidOnly, ...(grep === undefined ? {} : { grep }) }).catch(failedToLoad);
  tell(tally, files.length);
  endSoon();
}

/** Tests of the whole operator about what it says and writes; the others there also are about how it stands attacks and loss. */
const CALM =
  /^(admission|apiServer|audit|callbacks|commandLine|dashboards|echo|facts|forbidden|grantable|helm|podSecurity|policyReports|rbac|resources|serviceAccounts|validation|waivers)/;

/** About as long as each other: the rough tests of the whole operator, and all the rest. */
const lanesOf = (files: readonly string[]): readonly (readonly string[])[] => {
  const isRough = (file: string): boolean => file.startsWith(join('test', 'cluster')) && !CALM.test(basename(file));
  return [files.filter(isRough), files.filter((file) => !isRough(file))];
};

async function run(files: readonly string[], settings: Settings, options: MochaOptions): Promise<Tally> {
  const mocha = new Mocha({ timeout: settings.timeout, slow: settings.slow, reporter: 'spec', ...options });
  for (const path of settings.require) {
    const { mochaHooks }: { readonly mochaHooks?: RootHookObject } = await import(join(ROOT, path));
    if (mochaHooks !== undefined) mocha.rootHooks(mochaHooks);
  }
  for (const file of files) mocha.addFile(join(ROOT, file));
  await mocha.loadFilesAsync();
  const failures: string[] = [];
  return new Promise((resolve) => {
    const runner = mocha.run(() => resolve({ passed: runner.stats?.passes ?? 0, failures }));
    runner.on('fail', (test, error: Error) => {
      failures.push(`${test.fullTitle()}: ${error.message}`.replaceAll(/\s+/g, ' ').slice(0, FAILURE_CHARS));
    });
  });
}

/** A file that cannot be loaded is a test that failed. */
function failedToLoad(error: unknown): Tally {
  console.error(error);
  return { passed: 0, failures: [`not loaded: ${error}`.slice(0, FAILURE_CHARS)] };
}

/** To whoever started this run: a person, or the run of all lanes. */
function tell(tally: Tally, files: number): void {
  const { passed, failures } = tally;
  process.exitCode = failures.length > 0 || passed === 0 ? 1 : 0;
  process.send?.(tally);
  if (process.send !== undefined) return;
  for (const failure of failures) console.log(`failed: ${failure}`);
  if (failures.length + passed === 0) console.error(`no test was run: ${files} files`);
  console.log(`${passed} passed, ${failures.length} failed`);
}

function endSoon(): void {
  const timer = setTimeout(() => {
    console.error(`still open after the tests: ${process.getActiveResourcesInfo().join(', ')}`);
    process.exit();
  }, LINGER_MS);
  timer.unref();
}

await main();

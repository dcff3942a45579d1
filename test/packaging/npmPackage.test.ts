import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { GOOD, OPEN_POLICY } from '../cli/samples.ts';

const ROOT = join(import.meta.dirname, '../..');
const run = promisify(execFile);

const ALL_LABELS = ['--namespace-labels', 'baseline=restricted,team=shop'];

/** `node` of whoever starts npm; the tests themselves run on another. */
const ownPath = (process.env.PATH ?? '')
  .split(':')
  .filter((part) => !part.includes('node_modules'))
  .join(':');

describe('The package that npm makes', function () {
  this.timeout(120_000);
  let dir = '';
  let app = '';

  before(async () => {
    dir = mkdtempSync(join(tmpdir(), 'drawbridge-npm-'));
    app = join(dir, 'app');
    for (const [name, text] of Object.entries({ ...GOOD, 'open.yaml': OPEN_POLICY })) {
      mkdirSync(join(dir, 'work'), { recursive: true });
      writeFileSync(join(dir, 'work', name), text);
    }
    await npm(ROOT, 'pack', '--pack-destination', dir);
    mkdirSync(app);
    await npm(app, 'install', '--offline', '--no-audit', '--no-fund', join(dir, `drawbridge-${version()}.tgz`));
  });
  after(() => rmSync(dir, { recursive: true, force: true }));

  const env = () => ({ HOME: dir, PATH: ownPath, npm_config_update_notifier: 'false' });
  const npm = (cwd: string, ...args: readonly string[]) => run('npm', [...args], { cwd, env: env() });
  const version = (): string => JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).version;
  const ended = async (command: string, args: readonly string[], cwd: string) => {
    const { code = 0, stdout, stderr } = await run(command, [...args], { cwd, env: env() }).catch((error) => error);
    return { code, stdout: String(stdout), stderr: String(stderr) };
  };
  const bin = (name: string): string => join(app, 'node_modules/.bin', name);

  it('holds the program alone, and needs no other package', () => {
    const home = join(app, 'node_modules/drawbridge');
    const { dependencies, engines, license } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'));
    expect([dependencies, license]).to.deep.equal([undefined, 'Apache-2.0']);
    expect(engines.node).to.equal('>=20.19.0');
    const installed = JSON.parse(readFileSync(join(app, 'package-lock.json'), 'utf8')).packages;
    expect(Object.keys(installed)).to.deep.equal(['', 'node_modules/drawbridge']);
  });

  it('checks from an empty directory, by npx, without a network', async () => {
    const empty = join(dir, 'empty');
    mkdirSync(empty);
    const npx = ['--yes', '--offline', '--package', join(dir, `drawbridge-${version()}.tgz`), 'drawbridge', 'check'];
    const work = join(dir, 'work');
    const good = Object.keys(GOOD).map((name) => join(work, name));
    const [clean, open] = [await ended('npx', [...npx, ...good], empty), await ended('npx', [...npx, work], empty)];
    expect([clean.code, clean.stdout], clean.stderr).to.deep.equal([0, '']);
    expect(open.code, open.stderr).to.equal(1);
    expect(open.stdout).to.contain('ForeignPolicyOpensNamespace');
    const { stdout } = await ended(process.execPath, [bin('drawbridge'), 'check', '-o', 'json', work], empty);
    expect(JSON.parse(stdout).summary.failed).to.equal(true);
  });

  it('judges a namespace by every section that there is, on the Node of whoever starts npm', async () => {
    const samples = join(ROOT, 'manifests/samples');
    const { code, stdout, stderr } = await ended(
      bin('drawbridge'),
      ['check', '-n', 'shop', '--fail-on', 'error', ...ALL_LABELS, samples],
      dir,
    );
    expect([code, stdout.match(/^error .*/gm)], stderr).to.deep.equal([0, null]);
    expect(stderr).to.contain('governed: 1');
  });

  it('is a plugin of kubectl, by its name, its help and its completion', async () => {
    const help = await ended(bin('kubectl-drawbridge'), ['explain', '--help'], dir);
    expect(help.stdout).to.match(/^Usage: kubectl drawbridge explain \[options\]/);
    const words = await ended(bin('kubectl_complete-drawbridge'), ['check', '-o', 's'], dir);
    expect(words.stdout).to.equal('sarif\n:4\n');
  });
});

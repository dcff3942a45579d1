import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { expect } from 'chai';
import { parse } from 'yaml';
import { useWorkplace } from '../cli/run.ts';
import { BASELINE, GOOD, GRANTABLE, OPEN_POLICY } from '../cli/samples.ts';

const ROOT = join(import.meta.dirname, '../..');
const read = (name: string) => parse(readFileSync(join(ROOT, name), 'utf8'));

describe('The GitHub Action', () => {
  const at = useWorkplace();
  const action = read('action.yml');
  const [step] = action.runs.steps;

  const script = (path: string, text: string): void => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `#!/usr/bin/env bash\n${text}\n`);
    chmodSync(path, 0o755);
  };

  /** Runs its script as a runner would, in a checkout of the action whose program is these sources. */
  const runAction = (inputs: Readonly<Record<string, string>>, { isBuilt = true } = {}) => {
    const { directory } = at();
    const home = join(directory, '..', `${basename(directory)}-action`);
    const program = join(home, 'dist/drawbridge.js');
    const write = `mkdir -p dist && echo 'await import("${join(ROOT, 'src/main.ts')}")' > dist/drawbridge.js`;
    script(join(home, 'node_modules/.bin/node'), `echo "node $*" >> built; [[ $1 == tools/bundle.ts ]] && ${write}`);
    script(join(home, 'bin/npm'), 'echo "npm $*" >> built');
    script(join(home, 'bin/node'), `exec ${process.execPath} "$@"`);
    if (isBuilt) spawnSync('bash', ['-c', write], { cwd: home });
    expect(existsSync(program)).to.equal(isBuilt);
    const env: Record<string, string> = { PATH: `${home}/bin:${process.env.PATH}`, GITHUB_ACTION_PATH: home };
    for (const [name, value] of Object.entries<string>(step.env)) {
      const [, input = ''] = /^\$\{\{ inputs\.([\w-]+) \}\}$/.exec(value) ?? [];
      expect(action.inputs, name).to.have.property(input);
      env[name] = inputs[input] ?? action.inputs[input].default ?? '';
    }
    const { status, stdout, stderr } = spawnSync('bash', ['-eo', 'pipefail', '-c', step.run], { cwd: directory, env });
    const built = existsSync(join(home, 'built')) ? readFileSync(join(home, 'built'), 'utf8') : '';
    rmSync(home, { recursive: true });
    return { status, out: String(stdout), err: String(stderr), built };
  };

  it('annotates what it finds, writes SARIF, and fails', () => {
    at().write({ ...GOOD, 'apps/open.yaml': OPEN_POLICY });
    const paths = `${Object.keys(GOOD).join('\n')}\napps\n`;
    const { status, out, err } = runAction({ paths, sarif: 'found.sarif' });
    expect(status, err).to.equal(1);
    expect(out).to.match(/^::error file=apps\/open.yaml,line=1,col=1,title=ForeignPolicyOpensNamespace::/);
    expect(JSON.parse(readFileSync(join(at().directory, 'found.sarif'), 'utf8')).version).to.equal('2.1.0');
  });

  it('builds the program of its own commit, and takes none from a registry', () => {
    at().write(GOOD);
    const { status, out, err, built } = runAction({ paths: Object.keys(GOOD).join('\n') }, { isBuilt: false });
    expect([status, out], err).to.deep.equal([0, '']);
    expect(built).to.equal('npm ci --no-audit --no-fund\nnode tools/bundle.ts\n');
    expect(step.run).not.to.match(/npx|npm install/);
  });

  it('passes where nothing is found, and takes every input', () => {
    at().write({
      'in/baseline.yaml': BASELINE,
      'in/apps/open.yaml': OPEN_POLICY,
      'in/a.json': '{',
      'grantable.yaml': GRANTABLE,
    });
    const inputs = {
      paths: 'in',
      facts: 'grantable.yaml',
      namespace: 'shop',
      'namespace-labels': 'baseline=restricted,team=x',
      ignore: 'apps\n*.json',
    };
    const { status, err } = runAction({ ...inputs, 'fail-on': 'info' });
    expect(status, err).to.equal(0);
    expect(err).to.contain('namespaces: 1, governed: 1, found: nothing');
  });

  it('lets no input become a part of its script, and no path a flag', () => {
    at().write(GOOD);
    const { status, err } = runAction({ paths: '--help\n$(touch pwned)' });
    expect(status).to.equal(2);
    expect(err).to.contain('error: --help: there is no such file or directory');
    expect(step.run).to.not.contain('${{');
  });
});

describe('The hook of pre-commit', () => {
  const at = useWorkplace();

  it('runs a command that there is, on all files', async () => {
    const [hook] = read('.pre-commit-hooks.yaml');
    expect([hook.id, hook.language, hook.pass_filenames]).to.deep.equal(['drawbridge-check', 'node', false]);
    const [program, ...args] = hook.entry.split(' ');
    const { bin } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    expect(bin).to.have.property(program);
    at().write({ ...GOOD, 'open.yaml': OPEN_POLICY });
    expect((await at().run([...args, ...hook.args])).code).to.equal(1);
  });
});

import { spawnSync } from 'node:child_process';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { parse } from 'yaml';
import { useWorkplace } from '../cli/run.ts';
import { BASELINE, GOOD, GRANTABLE, OPEN_POLICY } from '../cli/samples.ts';

const ROOT = join(import.meta.dirname, '../..');
const read = (name: string) => parse(readFileSync(join(ROOT, name), 'utf8'));
const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

describe('The GitHub Action', () => {
  const at = useWorkplace();
  const action = read('action.yml');
  const [step] = action.runs.steps;

  /** Runs its script as a runner would, with an npx that runs these sources. */
  const runAction = (inputs: Readonly<Record<string, string>>) => {
    const { directory } = at();
    const npx = `#!/usr/bin/env bash\necho "$2" >&2\nshift 2\nexec ${process.execPath} ${join(ROOT, 'src/main.ts')} "$@"\n`;
    writeFileSync(join(directory, 'npx'), npx);
    chmodSync(join(directory, 'npx'), 0o755);
    const env: Record<string, string> = { PATH: `${directory}:${process.env.PATH}` };
    for (const [name, value] of Object.entries<string>(step.env)) {
      const [, input = ''] = /^\$\{\{ inputs\.([\w-]+) \}\}$/.exec(value) ?? [];
      expect(action.inputs, name).to.have.property(input);
      env[name] = inputs[input] ?? action.inputs[input].default ?? '';
    }
    const { status, stdout, stderr } = spawnSync('bash', ['-eo', 'pipefail', '-c', step.run], { cwd: directory, env });
    return { status, out: String(stdout), err: String(stderr) };
  };

  it('annotates what it finds, writes SARIF, and fails', () => {
    at().write({ ...GOOD, 'apps/open.yaml': OPEN_POLICY });
    const paths = `${Object.keys(GOOD).join('\n')}\napps\n`;
    const { status, out, err } = runAction({ paths, sarif: 'found.sarif' });
    expect(status, err).to.equal(1);
    expect(out).to.match(/^::error file=apps\/open.yaml,line=1,col=1,title=ForeignPolicyOpensNamespace::/);
    expect(err).to.contain(`drawbridge@${version}\n`);
    expect(JSON.parse(readFileSync(join(at().directory, 'found.sarif'), 'utf8')).version).to.equal('2.1.0');
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

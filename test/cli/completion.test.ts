import { spawnSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { SHELLS } from '../../src/cli/completion/scripts.ts';
import { invocationOf } from '../../src/cli/invocation.ts';
import { useWorkplace } from './run.ts';

const MAIN = join(import.meta.dirname, '../../src/main.ts');

describe('What may be typed next', () => {
  const at = useWorkplace();
  const next = async (...words: readonly string[]): Promise<readonly string[]> => {
    const { code, out } = await at().run(['__complete', ...words]);
    expect(code).to.equal(0);
    return out
      .trimEnd()
      .split('\n')
      .map((line) => line.split('\t')[0] ?? '');
  };

  const CASES: readonly (readonly [readonly string[], readonly string[]])[] = [
    [['re'], ['render', ':4']],
    [
      ['audit', 'l'],
      ['lint', ':4'],
    ],
    [
      ['check', '--fail-on', ''],
      ['error', 'warning', 'info', 'none', ':4'],
    ],
    [
      ['check', '-o', 's'],
      ['sarif', ':4'],
    ],
    [
      ['check', '--output=ju'],
      ['--output=junit', ':4'],
    ],
    [
      ['check', '--fact'],
      ['--facts', ':4'],
    ],
    [['check', '--facts', 'clu'], [':0']],
    [['check', '-n', 'x', 'base'], [':0']],
    [['check', '--', '-'], [':0']],
    [['version', ''], [':4']],
    [
      ['nothing', '--he'],
      ['--help', ':4'],
    ],
  ];
  for (const [words, expected] of CASES) {
    it(`after "drawbridge ${words.join(' ')}" is ${expected.join(' ')}`, async () => {
      expect(await next(...words)).to.deep.equal(expected);
    });
  }

  it('has a description, and after nothing is every command', async () => {
    expect((await at().run(['__complete', 'vers'])).out).to.equal('version\tprint the version\n:4\n');
    expect(await next('')).to.include.members([
      'operator',
      'render',
      'diff',
      'check',
      'explain',
      'audit',
      'completion',
    ]);
  });

  it('is asked for by bash, which takes an equals sign for a word', async () => {
    const { out: script } = await at().run(['completion', 'bash']);
    const { directory } = at();
    writeFileSync(join(directory, 'completion.sh'), script);
    writeFileSync(join(directory, 'drawbridge'), `#!/bin/sh\nexec ${process.execPath} ${MAIN} "$@"\n`);
    chmodSync(join(directory, 'drawbridge'), 0o755);
    const ask = (words: string, at_: number): string =>
      `COMP_WORDS=(drawbridge ${words}); COMP_CWORD=${at_}; _drawbridge; echo "\${COMPREPLY[*]}"`;
    const lines = ['source ./completion.sh', ask('di', 1), ask('check --fail-on = wa', 4), ask('check --fail-on =', 3)];
    const env = { PATH: `${directory}:${process.env.PATH}` };
    const { stdout, stderr } = spawnSync('bash', ['-c', lines.join('\n')], { cwd: directory, env });
    expect(String(stdout), String(stderr)).to.equal('diff\nwarning\nerror warning info none\n');
  });

  it('has a script for each shell, and a sentence for others', async () => {
    for (const shell of SHELLS) expect((await at().run(['completion', shell])).out).to.contain('drawbridge __complete');
    expect((await at().run(['completion', 'csh'])).code).to.equal(2);
  });
});

describe('The name that the program is run by', () => {
  const CASES = [
    ['/usr/bin/drawbridge', 'drawbridge', ['check']],
    ['dist/drawbridge.js', 'drawbridge', ['check']],
    ['/bin/kubectl-drawbridge', 'kubectl drawbridge', ['check']],
    ['/bin/kubectl_complete-drawbridge', 'kubectl drawbridge', ['__complete', 'check']],
  ] as const;
  for (const [script, name, args] of CASES) {
    it(`${script} is ${name} ${args.join(' ')}`, () => {
      expect(invocationOf(script, ['check'])).to.deep.equal({ name, args });
    });
  }
});

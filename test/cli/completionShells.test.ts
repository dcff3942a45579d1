import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Shell } from '../../src/cli/completion/scripts.ts';
import { SCRIPTS, SHELLS } from '../../src/cli/completion/scripts.ts';
import { useWorkplace } from './run.ts';

const MAIN = join(import.meta.dirname, '../../src/main.ts');

/**
 * The scripts that were tried by hand, at a terminal, by these versions. Who changes one tries it there: `SHELL --no-rcs`,
 * the words below with a tab behind them; then this is what it is now.
 */
const TRIED: Readonly<Record<Shell, { readonly version: string; readonly sha256: string }>> = {
  bash: { version: '5.2', sha256: 'd1e22f40aaa337b028e28bb4c7e04df7716007087af1df19d544456a034a8a65' },
  zsh: { version: '5.9', sha256: 'aaa88383aee1b0b91d5a5ab1efb80f98188805e35cbf73337bf338dc45bcd8ad' },
  fish: { version: '3.6', sha256: '9aed0a194d7b22085918a6191e8d16305f2feeb495817ab2441cdc07ee838e63' },
};

/** What begins and what ends a block, where a command may stand. */
const BLOCKS: Readonly<Record<Shell, readonly (readonly [begins: RegExp, ends: RegExp])[]>> = {
  bash: [
    [/^if$/, /^fi$/],
    [/^do$/, /^done$/],
    [/^case$/, /^esac$/],
    [/^\{$/, /^\}$/],
  ],
  zsh: [
    [/^if$/, /^fi$/],
    [/^do$/, /^done$/],
    [/^case$/, /^esac$/],
    [/^\{$/, /^\}$/],
  ],
  fish: [[/^(function|if|for|while|switch|begin)$/, /^end$/]],
};

/** Words where a command may stand, or a block begins; without comments and what is in quotes. */
const commandsIn = (script: string): readonly string[] =>
  script
    .replace(/^#.*$/gm, '')
    .replace(/"[^"]*"|\$?'[^']*'/g, 'TEXT')
    .split(/\n|;|&&|\|\|/)
    .flatMap((part) => {
      const words = part
        .trim()
        .replace(/^else if /, 'elif ')
        .split(/\s+/);
      return [words[0] ?? '', words.at(-1) === '{' && words.length > 1 ? '{' : ''];
    });

/** A shell, with a word for what it is asked: of the last word what may stand there, or FILES. */
const ASKED: Readonly<Record<Shell, (words: readonly string[]) => readonly string[]>> = {
  bash: (words) => [
    '--norc',
    '-c',
    `source ./script; compopt() { FILES=; }; FILES=FILES; COMP_WORDS=(${words.map(quoted).join(' ')}); COMP_CWORD=${words.length - 1}; _drawbridge; printf '%s\\n' "\${COMPREPLY[@]:-$FILES}"`,
  ],
  zsh: (words) => [
    '-f',
    '-c',
    `compdef() { : }; compset() { : }; _describe() { print -rl -- "\${(@)\${(@P)2}%%:*}" }; _files() { print FILES }; source ./script; words=(${words.map(quoted).join(' ')}); CURRENT=${words.length}; _drawbridge`,
  ],
  fish: (words) => [
    '--no-config',
    '-c',
    `source ./script; function __fish_complete_path; echo FILES; end; complete -C ${quoted(words.join(' '))} | string replace -r '\\t.*' ''`,
  ],
};
const quoted = (word: string): string => `'${word}'`;

const CASES: readonly (readonly [words: readonly string[], expected: readonly string[]])[] = [
  [['re'], ['render']],
  [['audit', 'l'], ['lint']],
  [
    ['check', '--fail-on', ''],
    ['error', 'info', 'none', 'warning'],
  ],
  [['check', '-o', 's'], ['sarif']],
  [['check', '--facts', 'F'], ['FILES']],
  [['check', 'F'], ['FILES']],
  [['version', ''], []],
];

const isThere = (shell: Shell): boolean => spawnSync(shell, ['--version']).status === 0;

describe('The script for a shell', () => {
  const at = useWorkplace();

  for (const shell of SHELLS) {
    it(`of ${shell} is the one that was tried`, () => {
      expect(createHash('sha256').update(SCRIPTS[shell]).digest('hex')).to.equal(TRIED[shell].sha256);
    });

    it(`of ${shell} ends what it begins, and asks for the words`, () => {
      const script = SCRIPTS[shell];
      for (const quote of ['"', "'"]) expect(script.replace(/\\./g, '').split(quote).length % 2, quote).to.equal(1);
      const commands = commandsIn(script);
      for (const [begins, ends] of BLOCKS[shell]) {
        const count = (pattern: RegExp): number => commands.filter((word) => pattern.test(word)).length;
        expect(count(begins), String(begins)).to.equal(count(ends));
      }
      expect(script).to.contain('drawbridge __complete ').and.to.contain('2>/dev/null');
    });

    if (!isThere(shell)) continue;
    for (const [words, expected] of CASES) {
      it(`has ${shell} offer ${expected.join(', ') || 'nothing'} after drawbridge ${words.join(' ')}`, () => {
        const { directory } = at();
        at().write({ script: SCRIPTS[shell] });
        writeFileSync(join(directory, 'drawbridge'), `#!/bin/sh\nexec ${process.execPath} ${MAIN} "$@"\n`);
        chmodSync(join(directory, 'drawbridge'), 0o755);
        const env = { PATH: `${directory}:${process.env.PATH}`, HOME: directory };
        const { stdout, stderr } = spawnSync(shell, ASKED[shell](['drawbridge', ...words]), { cwd: directory, env });
        const offered = String(stdout)
          .split('\n')
          .filter((line) => line !== '');
        expect(offered.sort(), String(stderr)).to.deep.equal(expected);
      }).timeout(20_000);
    }
  }
});

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { runProgram } from '../../src/cli/program.ts';
import type { Terminal } from '../../src/cli/terminal.ts';

/** How a command ended, and what it wrote. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** The time that it is in tests of the command line. */
export const NOW = '2026-11-30T12:00:00Z';

/** What a command is run with; nothing is typed, and it is NOW, where nothing else is said. */
export interface Given extends Partial<Pick<Terminal, 'hasColours' | 'columns'>> {
  readonly stdin?: string;
  readonly now?: string;
}

export interface Workplace {
  readonly directory: string;
  /** Takes what is written and forgets it. */
  readonly terminal: Terminal;
  write(files: Readonly<Record<string, string | Uint8Array>>): void;
  /** Runs a command in this process. */
  run(args: readonly string[], given?: Given): Promise<Ran>;
}

/** A directory of its own for each test, which goes with it. */
export function useWorkplace(): () => Workplace {
  let directory = '';
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'drawbridge-cli-'));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));
  return () => ({
    directory,
    terminal: {
      out: () => {},
      log: () => {},
      stdin: async function* () {},
      hasColours: false,
      directory,
      now: () => NOW,
    },
    write: (files) => {
      for (const [name, content] of Object.entries(files)) {
        mkdirSync(dirname(join(directory, name)), { recursive: true });
        writeFileSync(join(directory, name), content);
      }
    },
    run: async (args, { stdin = '', hasColours = false, columns, now = NOW } = {}) => {
      const written = { out: '', err: '' };
      const code = await runProgram(args, {
        out: (text) => {
          written.out += text;
        },
        log: (line) => {
          written.err += `${line}\n`;
        },
        stdin: async function* () {
          yield Buffer.from(stdin);
        },
        hasColours,
        columns,
        directory,
        now: () => now,
      });
      return { code, ...written };
    },
  });
}

/** A policy in which nothing is wrong. */
export const CLEAN_POLICY = `apiVersion: audit.k8s.io/v1
kind: Policy
rules:
- level: Metadata
`;

/** One with a warning at 4:3, and an error at 7:11. */
export const POOR_POLICY = `apiVersion: audit.k8s.io/v1
kind: Policy
rules:
- level: None
  resources: [{group: apps, resources: [deployments]}]
- level: Metadata
  verbs: [creat]
- level: Metadata
`;

/** The section is at line 7, its rule at line 9. */
export const baselineText = (
  rule: string,
  fields = '',
  name = 'restricted',
): string => `apiVersion: drawbridge.dev/v1alpha1
kind: SecurityBaseline
metadata: {name: ${name}}
spec:
  enforcement: Enforce
  namespaceSelector: {matchLabels: {}}
  audit:
    level: Metadata
    rules: [${rule}]
${fields}`;

export const GOOD_RULE = '{level: Request, verbs: [update], resources: [{group: rbac.authorization.k8s.io}]}';

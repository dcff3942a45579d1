import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Command, Option } from 'commander';
import { COMPILED_FORMATS } from '../../src/cli/audit/compiledFormats.ts';
import { DELIVER_FORMATS } from '../../src/cli/audit/deliverFormats.ts';
import { EXPLAIN_FORMATS } from '../../src/cli/audit/explainFormats.ts';
import { PROPOSE_FORMATS } from '../../src/cli/audit/proposeFormats.ts';
import { FORMAT_NAMES } from '../../src/cli/format/formatNames.ts';
import { choicesOf } from '../../src/cli/options.ts';
import { createProgram } from '../../src/cli/program.ts';
import { RENDER_FORMATS } from '../../src/cli/render/formats.ts';
import { GET_SECRET, LIST_PODS } from './audit/run.ts';
import { baselineText, CLEAN_POLICY, GOOD_RULE, POOR_POLICY, useWorkplace } from './run.ts';
import { BASELINE, below, GOOD, OPEN_POLICY } from './samples.ts';

/** What an input leads to, and whether standard output has results; quiet formats say nothing of nothing. */
interface Case {
  readonly args: readonly string[];
  readonly code: 0 | 1 | 2;
  readonly hasResults?: true;
  /** Nothing is written, to whatever place. */
  readonly writesNothing?: true;
}

interface Matrix {
  readonly command: readonly string[];
  readonly formats: readonly string[];
  readonly files: Readonly<Record<string, string>>;
  readonly cases: readonly Case[];
}

const OTHER = { 'other.yaml': 'a: 1\n' };

/** Every command with formats: each ends alike in all of them. */
const MATRIX: readonly Matrix[] = [
  {
    command: ['audit', 'lint'],
    formats: FORMAT_NAMES,
    files: { ...OTHER, 'clean.yaml': CLEAN_POLICY, 'poor.yaml': POOR_POLICY, 'broken.yaml': `${CLEAN_POLICY}a: [\n` },
    cases: [
      { args: ['clean.yaml'], code: 0 },
      { args: ['poor.yaml'], code: 1, hasResults: true },
      { args: ['broken.yaml'], code: 1, hasResults: true },
      { args: ['other.yaml'], code: 2 },
      { args: ['missing.yaml'], code: 2 },
    ],
  },
  {
    command: ['check'],
    formats: FORMAT_NAMES,
    files: { ...OTHER, ...GOOD, 'open.yaml': OPEN_POLICY, 'wrong.yaml': BASELINE.replace('spec', 'spce') },
    cases: [
      { args: Object.keys(GOOD), code: 0 },
      { args: [...Object.keys(GOOD), 'open.yaml'], code: 1, hasResults: true },
      { args: ['--fail-on', 'none', ...Object.keys(GOOD), 'open.yaml'], code: 0, hasResults: true },
      { args: ['wrong.yaml'], code: 1, hasResults: true },
      { args: ['other.yaml'], code: 2 },
      { args: ['missing.yaml'], code: 2 },
    ],
  },
  {
    command: ['explain', '-n', 'payments'],
    formats: FORMAT_NAMES,
    files: { ...OTHER, ...GOOD, 'open.yaml': OPEN_POLICY, 'wrong.yaml': BASELINE.replace('spec', 'spce') },
    cases: [
      { args: Object.keys(GOOD), code: 0 },
      { args: [...Object.keys(GOOD), 'open.yaml'], code: 1, hasResults: true },
      { args: ['wrong.yaml'], code: 2 },
      { args: ['other.yaml'], code: 2 },
      { args: ['missing.yaml'], code: 2 },
    ],
  },
  {
    command: ['render'],
    formats: RENDER_FORMATS,
    files: { ...OTHER, ...GOOD, 'wrong.yaml': BASELINE.replace('spec', 'spce') },
    cases: [
      { args: Object.keys(GOOD), code: 0 },
      // What may be handed out is not known.
      { args: ['baseline.yaml', 'namespace.yaml'], code: 1, hasResults: true },
      { args: ['baseline.yaml'], code: 2 },
      { args: ['wrong.yaml'], code: 2 },
      { args: ['other.yaml'], code: 2 },
    ],
  },
  {
    command: ['diff'],
    formats: FORMAT_NAMES,
    files: {
      ...below('a', GOOD),
      ...below('b', { ...GOOD, 'baseline.yaml': BASELINE.replace('10.', '11.') }),
    },
    cases: [
      { args: ['a', 'a'], code: 0 },
      { args: ['a', 'b'], code: 1, hasResults: true },
      { args: ['a'], code: 2 },
      { args: ['a', 'c'], code: 2 },
    ],
  },
  {
    command: ['audit', 'explain', '--verb', 'get', '--path', '/a'],
    formats: EXPLAIN_FORMATS,
    files: { ...OTHER, 'clean.yaml': CLEAN_POLICY, 'broken.yaml': `${CLEAN_POLICY}a: [\n` },
    cases: [
      { args: ['--policy', 'clean.yaml'], code: 0, hasResults: true },
      { args: ['--policy', 'broken.yaml'], code: 2 },
      { args: ['--policy', 'other.yaml'], code: 2 },
      { args: ['--policy', 'missing.yaml'], code: 2 },
    ],
  },
  {
    command: ['audit', 'compile'],
    formats: COMPILED_FORMATS,
    files: { ...OTHER, 'good.yaml': baselineText(GOOD_RULE), 'wrong.yaml': baselineText('{level: Loud}') },
    cases: [
      { args: ['good.yaml'], code: 0, hasResults: true },
      { args: ['wrong.yaml'], code: 1, writesNothing: true },
      { args: ['other.yaml'], code: 2 },
      { args: ['missing.yaml'], code: 2 },
    ],
  },
  {
    command: ['audit', 'deliver', '--to', 'openshift'],
    formats: DELIVER_FORMATS,
    files: { ...OTHER, 'good.yaml': baselineText(GOOD_RULE), 'wrong.yaml': baselineText('{level: Loud}') },
    cases: [
      { args: ['good.yaml'], code: 1, hasResults: true },
      { args: ['wrong.yaml'], code: 2 },
      { args: ['other.yaml'], code: 2 },
      { args: ['missing.yaml'], code: 2 },
    ],
  },
  {
    command: ['audit', 'propose'],
    formats: PROPOSE_FORMATS,
    files: { 'pods.log': `${LIST_PODS}\n`, 'secret.log': `${GET_SECRET}\n`, 'other.log': 'x\n' },
    cases: [
      { args: ['pods.log'], code: 0, hasResults: true },
      { args: ['secret.log'], code: 1, hasResults: true },
      { args: ['other.log'], code: 2 },
      { args: ['missing.log'], code: 2 },
    ],
  },
];
const OF_OBJECTS: readonly string[] = ['explain', 'render'];
const QUIET: readonly string[] = ['table', 'wide', 'github'];

describe('The exit code', () => {
  const at = useWorkplace();
  beforeEach(() => at().write({ 'clean.yaml': CLEAN_POLICY, 'poor.yaml': POOR_POLICY }));

  for (const { command, formats, files, cases } of MATRIX) {
    for (const format of formats) {
      for (const { args, code, hasResults, writesNothing } of cases) {
        it(`of ${[...command, ...args].join(' ')} is ${code} as ${format}, also where it goes to a file`, async () => {
          at().write(files);
          const shown = await at().run([...command, '-o', format, ...args]);
          expect(shown.code, shown.err).to.equal(code);
          // What objects are asked for is written also where nothing is found.
          const isQuiet = QUIET.includes(format) && !(OF_OBJECTS.includes(command[0] ?? '') && format !== 'github');
          expect(shown.out === '').to.equal(code === 2 || writesNothing === true || (hasResults !== true && isQuiet));
          const filed = await at().run([...command, '-o', `${format}=report`, ...args]);
          expect([filed.code, filed.out]).to.deep.equal([code, '']);
          // What is not shown as a result may be said on the way.
          expect(filed.err.endsWith(shown.err), filed.err).to.equal(true);
          const report = join(at().directory, 'report');
          if (code === 2 || writesNothing) expect(existsSync(report)).to.equal(false);
          else expect(readFileSync(report, 'utf8')).to.equal(shown.out);
        });
      }
    }
  }

  it('is told for every command that has formats', () => {
    const program = createProgram({ terminal: at().terminal, end: () => {} });
    const having = leaves(program).filter(({ options }) => options.some(({ long }) => long === '--output'));
    const listed = MATRIX.map(({ command }) => command.join(' ').replace(/ -.*/, ''));
    // Each format of each, so that a new one is tested as well.
    for (const { command, formats } of MATRIX) {
      const [option] = having.filter((one) => nameOf(one) === command.join(' ').replace(/ -.*/, '')).flatMap(outputOf);
      expect(choicesOf(option as Option), command.join(' ')).to.deep.equal(formats);
    }
    expect(having.map(nameOf).filter((name) => !listed.includes(name))).to.deep.equal([]);
  });

  it('is 2 for what is no command, flag or format, and nothing stands on standard output then', async () => {
    for (const args of [
      ['audits'],
      ['audit'],
      ['audit', 'lint'],
      ['audit', 'lint', '--fial-on', 'error', 'clean.yaml'],
      ['audit', 'lint', '-o', 'xml', 'clean.yaml'],
      ['audit', 'lint', '-o', 'sarif=', 'clean.yaml'],
      ['audit', 'lint', '-o', 'json', '-o', 'sarif', 'clean.yaml'],
      ['audit', 'lint', '-o', 'json=no/such/directory', 'clean.yaml'],
      ['audit-receiver', '--log-level', 'loud'],
      ['version', 'please'],
    ]) {
      const { code, out, err } = await at().run(args);
      expect([code, out], args.join(' ')).to.deep.equal([2, '']);
      expect(err, args.join(' ')).to.match(/error|Usage/);
    }
  });

  it('is that of the same format written as kubectl takes it', async () => {
    const [spaced, equal, long] = await Promise.all(
      [['-o', 'json'], ['-o=json'], ['--output=json']].map((args) => at().run(['audit', 'lint', ...args, 'poor.yaml'])),
    );
    expect([spaced?.code, /^\{/.test(spaced?.out ?? '')]).to.deep.equal([1, true]);
    expect([equal, long]).to.deep.equal([spaced, spaced]);
  });

  it('is 0 for help and the version', async () => {
    for (const args of [['--help'], ['audit', '--help'], ['audit', 'lint', '-h'], ['help', 'audit'], ['version']]) {
      const { code, out, err } = await at().run(args);
      expect([code, err], args.join(' ')).to.deep.equal([0, '']);
      expect(out, args.join(' ')).to.not.equal('');
    }
  });

  it('leaves standard output to one format where the others have files', async () => {
    const { code, out } = await at().run([
      'audit',
      'lint',
      '-o',
      'table',
      '-o',
      'sarif=a',
      '-o',
      'junit=b',
      'poor.yaml',
    ]);
    expect(code).to.equal(1);
    expect(out).to.match(/^SEVERITY/);
    expect(readFileSync(join(at().directory, 'a'), 'utf8')).to.match(/^\{/);
    expect(readFileSync(join(at().directory, 'b'), 'utf8')).to.match(/^<\?xml/);
  });
});

const outputOf = ({ options }: Command): readonly Option[] => options.filter(({ long }) => long === '--output');

const leaves = (command: Command): readonly Command[] =>
  command.commands.length === 0 ? [command] : command.commands.flatMap(leaves);

const nameOf = (command: Command): string =>
  command.parent === null || command.parent.parent === null
    ? command.name()
    : `${nameOf(command.parent)} ${command.name()}`;

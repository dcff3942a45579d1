import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { Compile } from 'typebox/schema';
import { parse } from 'yaml';
import { FORMATS } from '../../../src/cli/format/formats.ts';
import type { Report, Result } from '../../../src/cli/format/report.ts';
import { FAIL_ON, SEVERITIES } from '../../../src/cli/format/report.ts';
import { locationOf } from '../../../src/cli/format/sarif.ts';
import { fits } from '../../../src/cli/format/wrap.ts';
import { shortPrintable } from '../../../src/cli/printable.ts';
import { junitMistakes } from './junitRules.ts';

const SCHEMA = JSON.parse(readFileSync(join(import.meta.dirname, 'sarif-2.1.0-rtm.5.schema.golden.json'), 'utf8'));
const NO_OPTIONS = { hasColours: false };

/** What anybody writes, as results have it. */
const text = fc
  .oneof(
    fc.string(),
    fc.string({ unit: 'binary' }),
    fc.constantFrom('%0A', 'a,b:c', '::error::x', ']]>', '<a b="c">&amp;', "it's"),
  )
  .map(shortPrintable);
const named = text.map((name) => `x${name}`);
const position = fc.record({ line: fc.integer({ min: 1, max: 9_999 }), column: fc.integer({ min: 1, max: 999 }) });
const rules = [
  { id: 'First', severity: 'error', summary: 'One.', help: 'Do: this, 100 %.' },
  { id: 'second-one', severity: 'warning', summary: 'Two.' },
] as const;
const place = { file: named, position, object: named };
const report: fc.Arbitrary<Report> = fc.record({
  command: fc.constantFrom('check', 'audit lint'),
  rules: fc.constant(rules),
  subjects: fc.array(fc.record(place), { maxLength: 5 }),
  results: fc.array(
    fc.record({
      ...place,
      rule: fc.constantFrom(...rules.map(({ id }) => id)),
      severity: fc.constantFrom(...SEVERITIES),
      path: text,
      message: named,
    }),
    { maxLength: 6 },
  ),
  failOn: fc.constantFrom(...FAIL_ON),
});
const always = (judge: (one: Report) => Promise<void>): Promise<void> =>
  fc.assert(fc.asyncProperty(report, judge), { numRuns: 200 });

describe('Any report', () => {
  it('as SARIF is what its schema asks for, and each result has its rule', async () => {
    const schema = Compile(SCHEMA);
    await always(async (one) => {
      const log = JSON.parse(await FORMATS.sarif(one, NO_OPTIONS));
      expect(schema.Errors(log)[1]).to.deep.equal([]);
      const [run] = log.runs;
      for (const { ruleId, ruleIndex } of run.results) expect(run.tool.driver.rules[ruleIndex].id).to.equal(ruleId);
    });
  }).timeout(30_000);

  it('as JUnit is what Jenkins takes', () =>
    always(async (one) => {
      expect(junitMistakes(await FORMATS.junit(one, NO_OPTIONS))).to.deep.equal([]);
    }));

  it('as commands of GitHub is one line for each result, from which a runner reads what was meant', () =>
    always(async (one) => {
      const lines = (await FORMATS.github(one, NO_OPTIONS)).split('\n').slice(0, -1);
      expect(lines.map(readCommand)).to.deep.equal(one.results.map(commandOf));
    }));

  it('is the same data as JSON and as YAML', () =>
    always(async (one) => {
      expect(parse(await FORMATS.yaml(one, NO_OPTIONS))).to.deep.equal(JSON.parse(await FORMATS.json(one, NO_OPTIONS)));
    }));

  it('as a table has what there is to copy whole, and no other line wider than the terminal', () =>
    always(async (one) => {
      const shown = await FORMATS.table(one, { ...NO_OPTIONS, columns: 80 });
      for (const line of shown.split('\n')) {
        const isOneWord = !line.trim().includes(' ') || /^(error|warning|info) /.test(line);
        expect(fits(line, 80) || isOneWord, line).to.equal(true);
      }
      const words = shown.split(/\s+/);
      for (const { message, rule } of one.results)
        expect(words).to.include.members([...message.split(/\s+/), rule].filter((word) => word !== ''));
    }));
});

const COMMANDS = { error: 'error', warning: 'warning', info: 'notice' } as const;

const commandOf = ({ severity, file, position: { line, column }, rule, message }: Result) => ({
  command: COMMANDS[severity],
  properties: { file, line: `${line}`, col: `${column}`, title: rule },
  message: rule === 'First' ? `${message}\nTo do: Do: this, 100 %.` : message,
});

/** As a runner reads it: actions/runner, ActionCommand.cs. */
function readCommand(line: string): ReturnType<typeof commandOf> {
  const [, command = '', properties = '', data = ''] = /^::(\w+) (.*?)::(.*)$/s.exec(line) ?? [];
  const unescaped = (escaped: string): string =>
    escaped
      .replaceAll('%3A', ':')
      .replaceAll('%2C', ',')
      .replaceAll('%0D', '\r')
      .replaceAll('%0A', '\n')
      .replaceAll('%25', '%');
  const pairs = properties.split(',').map((pair) => {
    const at = pair.indexOf('=');
    return [pair.slice(0, at), unescaped(pair.slice(at + 1))];
  });
  const message = data.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%25', '%');
  return { command, properties: Object.fromEntries(pairs), message } as ReturnType<typeof commandOf>;
}

describe('What GitHub is told', () => {
  const base: Result = {
    file: 'a.yaml',
    position: { line: 1, column: 2 },
    object: 'x',
    rule: 'R',
    severity: 'error',
    path: '',
    message: 'm',
  };
  const CASES: readonly (readonly [Partial<Result>, string])[] = [
    [{}, '::error file=a.yaml,line=1,col=2,title=R::m'],
    [{ message: '100 %' }, '::error file=a.yaml,line=1,col=2,title=R::100 %25'],
    [{ message: '%0A' }, '::error file=a.yaml,line=1,col=2,title=R::%250A'],
    [{ message: 'a\r\nb' }, '::error file=a.yaml,line=1,col=2,title=R::a%0D%0Ab'],
    [{ message: 'a,b:c::d' }, '::error file=a.yaml,line=1,col=2,title=R::a,b:c::d'],
    [{ file: 'a,b:c%d.yaml' }, '::error file=a%2Cb%3Ac%25d.yaml,line=1,col=2,title=R::m'],
    [{ file: 'a\r\nb' }, '::error file=a%0D%0Ab,line=1,col=2,title=R::m'],
    [{ rule: 'a:b,c' }, '::error file=a.yaml,line=1,col=2,title=a%3Ab%2Cc::m'],
    [{ severity: 'info' }, '::notice file=a.yaml,line=1,col=2,title=R::m'],
  ];
  for (const [fields, expected] of CASES) {
    it(`is ${expected}`, async () => {
      const one: Report = {
        command: 'check',
        rules: [],
        subjects: [],
        results: [{ ...base, ...fields }],
        failOn: 'error',
      };
      expect(await FORMATS.github(one, NO_OPTIONS)).to.equal(`${expected}\n`);
    });
  }
});

describe('Where a file lies, for code scanning', () => {
  const CASES: readonly (readonly [string, boolean, object])[] = [
    ['a/b c.yaml', false, { uri: 'a/b%20c.yaml', uriBaseId: '%SRCROOT%' }],
    ['./a.yaml', false, { uri: 'a.yaml', uriBaseId: '%SRCROOT%' }],
    ['a\\b.yaml', false, { uri: 'a%5Cb.yaml', uriBaseId: '%SRCROOT%' }],
    ['/a b.yaml', false, { uri: 'file:///a%20b.yaml' }],
    ['a\\b/c.yaml', true, { uri: 'a/b/c.yaml', uriBaseId: '%SRCROOT%' }],
    ['.\\a.yaml', true, { uri: 'a.yaml', uriBaseId: '%SRCROOT%' }],
    ['C:\\a b\\c.yaml', true, { uri: 'file:///C:/a%20b/c.yaml' }],
    ['<stdin>', true, { uri: 'stdin' }],
  ];
  for (const [file, isWindows, expected] of CASES) {
    it(`is ${JSON.stringify(expected)} for ${file}${isWindows ? ' on Windows' : ''}`, () =>
      expect(locationOf(file, isWindows)).to.deep.equal(expected));
  }
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { Compile } from 'typebox/schema';
import { parse } from 'yaml';
import { FORMATS } from '../../../src/cli/format/formats.ts';
import type { Report, Result } from '../../../src/cli/format/report.ts';
import { CLEAN_POLICY, POOR_POLICY, useWorkplace } from '../run.ts';

/**
 * The schema of OASIS, as the package @microsoft/jest-sarif has it, without descriptions; of the pattern of languages a
 * bracket that closes nothing was taken out.
 */
const SCHEMA = JSON.parse(readFileSync(join(import.meta.dirname, 'sarif-2.1.0-rtm.5.schema.golden.json'), 'utf8'));

const place = { file: 'a/b c%.yaml', position: { line: 3, column: 7 }, object: 'SecurityBaseline <"a" & \'b\'>' };
const result = (fields: Partial<Result> = {}): Result => ({
  ...place,
  rule: 'unknown-verb',
  severity: 'error',
  path: 'rules[0].verbs[1]',
  message: 'write 100 %: "get", <list> & watch',
  ...fields,
});
const REPORT: Report = {
  command: 'audit lint',
  rules: [{ id: 'unknown-verb', severity: 'error', summary: 'A verb that no request has.' }],
  subjects: [place, { ...place, file: 'clean.yaml' }],
  results: [result(), result({ severity: 'warning' }), result({ severity: 'info', path: '' })],
  failOn: 'warning',
};
const write = async (name: keyof typeof FORMATS, report = REPORT, hasColours = false): Promise<string> =>
  FORMATS[name](report, { hasColours });

describe('A report', () => {
  const at = useWorkplace();

  it('as SARIF is what its schema asks for, whatever was found', async () => {
    const schema = Compile(SCHEMA);
    for (const report of [REPORT, { ...REPORT, results: [], subjects: [] }]) {
      expect(schema.Errors(JSON.parse(await write('sarif', report)))[1]).to.deep.equal([]);
    }
    const text = await write('sarif');
    for (const [good, bad] of [
      ['"startLine": 3', '"startLine": 0'],
      ['"level": "note"', '"level": "info"'],
      ['"text": "write', '"txet": "write'],
      ['"2.1.0"', '"2.0.0"'],
    ] as const) {
      expect(text, good).to.contain(good);
      expect(schema.Check(JSON.parse(text.replace(good, bad))), bad).to.equal(false);
    }
  });

  it('as SARIF has the line of each result, its rule, and where its file lies', async () => {
    const [run] = JSON.parse(await write('sarif')).runs;
    const [first] = run.results;
    expect(first.locations[0].physicalLocation).to.deep.equal({
      artifactLocation: { uri: 'a/b%20c%25.yaml', uriBaseId: '%SRCROOT%' },
      region: { startLine: 3, startColumn: 7 },
    });
    expect(run.tool.driver.rules[first.ruleIndex].id).to.equal(first.ruleId);
    expect(run.results.map(({ level }: { readonly level: string }) => level)).to.deep.equal([
      'error',
      'warning',
      'note',
    ]);
    const absolute = { ...REPORT, results: [result({ file: '/a b.yaml' }), result({ file: '<stdin>' })] };
    const uris = JSON.parse(await write('sarif', absolute)).runs[0].results.map(
      // biome-ignore lint/suspicious/noExplicitAny: what was just parsed
      (one: any) => one.locations[0].physicalLocation.artifactLocation,
    );
    expect(uris).to.deep.equal([{ uri: 'file:///a%20b.yaml' }, { uri: 'stdin' }]);
  });

  it('of audit lint knows each rule that it names', async () => {
    at().write({ 'poor.yaml': POOR_POLICY, 'several.yaml': `${CLEAN_POLICY}---\n${CLEAN_POLICY}`, 'broken.yaml': '[' });
    const { out } = await at().run(['audit', 'lint', '-o', 'sarif', '.', 'broken.yaml', '-'], {
      stdin: `rules: [{level: None}]`,
    });
    const [run] = JSON.parse(out).runs;
    expect(Compile(SCHEMA).Errors(JSON.parse(out))[1]).to.deep.equal([]);
    for (const { ruleId, ruleIndex } of run.results) expect(run.tool.driver.rules[ruleIndex]?.id).to.equal(ruleId);
    expect(run.results).to.have.lengthOf.above(5);
  });

  it('as JUnit fails where the command does, skips what does not, and passes what is clean', async () => {
    const xml = await write('junit');
    expect(xml).to.contain('<testsuites name="drawbridge audit lint" tests="4" failures="2" errors="0">');
    expect(xml).to.contain('tests="3" failures="2" errors="0" skipped="1">');
    expect(xml.match(/<failure /g)).to.have.lengthOf(2);
    expect(xml.match(/<skipped /g)).to.have.lengthOf(1);
    expect(xml).to.contain('<testcase classname="clean.yaml" name="SecurityBaseline');
    expect(await write('junit', { ...REPORT, failOn: 'none' })).to.contain('failures="0" errors="0" skipped="3"');
  });

  it('as JUnit is XML, whatever stands in it', async () => {
    const xml = await write('junit');
    const bare = xml.replace(/<\?xml [^>]*\?>|<\/?[a-z]+( [a-z]+="[^"<>]*")*\/?>/g, '');
    expect(bare.replace(/&(amp|lt|gt|quot|apos);/g, '')).to.not.match(/[<>&"]/);
    const open: string[] = [];
    for (const [tag = '', isEnd, name = ''] of xml.matchAll(/<(\/?)([a-z]+)[^>]*>/g)) {
      if (isEnd === '/') expect(open.pop()).to.equal(name);
      else if (!tag.endsWith('/>')) open.push(name);
    }
    expect(open).to.deep.equal([]);
  });

  it('as commands of GitHub is one line for each result, of which nothing in a file makes more', async () => {
    const [first, , third] = (await write('github')).split('\n');
    expect(first).to.equal(
      '::error file=a/b c%25.yaml,line=3,col=7,title=unknown-verb::write 100 %25: "get", <list> & watch',
    );
    expect(third).to.match(/^::notice /);
    const evil = { ...REPORT, results: [result({ file: 'a,line=1:b.yaml', message: 'a\n::stop-commands::x' })] };
    expect(await write('github', evil)).to.equal(
      '::error file=a%2Cline=1%3Ab.yaml,line=3,col=7,title=unknown-verb::a%0A::stop-commands::x\n',
    );
  });

  it('is the same data as JSON and as YAML', async () => {
    const data = JSON.parse(await write('json'));
    expect(parse(await write('yaml'))).to.deep.equal(data);
    expect(data.summary).to.deep.equal({ checked: 2, error: 1, warning: 1, info: 1, failed: true });
    expect(data.results[0]).to.deep.equal({
      rule: 'unknown-verb',
      severity: 'error',
      file: place.file,
      line: 3,
      column: 7,
      object: place.object,
      path: 'rules[0].verbs[1]',
      message: 'write 100 %: "get", <list> & watch',
      summary: 'A verb that no request has.',
      fix: '',
    });
  });

  it('as a table has colours on a terminal that takes them, and nowhere else', async () => {
    const ESCAPE = '\u001b[';
    for (const name of ['table', 'wide'] as const) {
      expect(await write(name, REPORT, true)).to.contain(`${ESCAPE}31merror${ESCAPE}39m`);
      expect(await write(name)).to.not.contain(ESCAPE);
    }
    at().write({ 'poor.yaml': POOR_POLICY });
    const shown = await at().run(['audit', 'lint', 'poor.yaml', '-o', 'table=f', '-o', 'table'], { hasColours: true });
    expect(shown.out).to.contain(ESCAPE);
    expect(readFileSync(join(at().directory, 'f'), 'utf8')).to.not.contain(ESCAPE);
  });

  it('as a table has a paragraph for each where a terminal has no room, and says once what is to be done', async () => {
    const help = { ...REPORT, rules: [{ ...REPORT.rules[0], help: 'Write get.' } as Report['rules'][number]] };
    const shown = await FORMATS.table(help, { hasColours: false, columns: 60 });
    expect(shown.split('\n').slice(0, 5)).to.deep.equal([
      'error a/b c%.yaml:3:7 unknown-verb',
      '  write 100 %: "get", <list> & watch',
      '  To do: Write get.',
      'warning a/b c%.yaml:3:7 unknown-verb',
      '  write 100 %: "get", <list> & watch',
    ]);
    expect(await FORMATS.table(help, { hasColours: false, columns: 200 })).to.match(/^SEVERITY/);
    expect(await FORMATS.table(help, { hasColours: true, columns: 60 })).to.contain('\u001b[31merror\u001b[39m a/b');
  });

  it('as a wide table names the object and the path', async () => {
    expect((await write('wide')).split('\n')[1]).to.match(/SecurityBaseline <.*> {2}rules\[0\]\.verbs\[1\] {2}write/);
  });
});

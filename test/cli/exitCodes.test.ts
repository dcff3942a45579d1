import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { FORMAT_NAMES } from '../../src/cli/format/formatNames.ts';
import { CLEAN_POLICY, POOR_POLICY, useWorkplace } from './run.ts';

const FILES = {
  'clean.yaml': CLEAN_POLICY,
  'poor.yaml': POOR_POLICY,
  'broken.yaml': `${CLEAN_POLICY}a: [\n`,
  'other.yaml': 'a: 1\n',
};
/** What an input leads to, and whether standard output has results. */
const EXPECTED = [
  ['clean.yaml', 0, true],
  ['poor.yaml', 1, true],
  ['broken.yaml', 1, true],
  ['other.yaml', 2, false],
  ['missing.yaml', 2, false],
] as const;

describe('The exit code of audit lint', () => {
  const at = useWorkplace();
  beforeEach(() => at().write(FILES));

  for (const format of FORMAT_NAMES) {
    for (const [file, code, hasResults] of EXPECTED) {
      it(`is ${code} for ${file} as ${format}, also where it goes to a file`, async () => {
        const shown = await at().run(['audit', 'lint', '-o', format, file]);
        expect(shown.code).to.equal(code);
        const isQuiet = file === 'clean.yaml' && ['table', 'wide', 'github'].includes(format);
        expect(shown.out === '').to.equal(!hasResults || isQuiet);
        const filed = await at().run(['audit', 'lint', '-o', `${format}=report`, file]);
        expect([filed.code, filed.out]).to.deep.equal([code, '']);
        expect(filed.err).to.equal(shown.err);
        if (hasResults) expect(readFileSync(join(at().directory, 'report'), 'utf8')).to.equal(shown.out);
      });
    }
  }

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

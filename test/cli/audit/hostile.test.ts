import { execFileSync } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { FORMAT_NAMES } from '../../../src/cli/format/formatNames.ts';
import { baselineText, CLEAN_POLICY, GOOD_RULE, POOR_POLICY, useWorkplace } from '../run.ts';

const nest = (open: string, close: string, depth: number): string => `a: ${open.repeat(depth)}${close.repeat(depth)}\n`;
const bomb = ['a0: &a0 [x, x, x, x, x, x, x, x, x]'];
for (let level = 1; level < 12; level += 1) {
  bomb.push(`a${level}: &a${level} [${Array.from({ length: 9 }, () => `*a${level - 1}`).join(', ')}]`);
}

/** Each is one file, after which a good one is read. */
const FILES: Readonly<Record<string, string | Uint8Array>> = {
  'an alias bomb': `${CLEAN_POLICY}${bomb.join('\n')}\n`,
  'a bomb of merges': `${CLEAN_POLICY}${bomb.join('\n').replaceAll(': &', ': {<<: &').replaceAll(']', ']}')}\n`,
  'an alias to itself': `${CLEAN_POLICY}a: &a [*a]\n`,
  'thousands of anchors': Array.from({ length: 2_000 }, (_, index) => `- &a${index} x\n- *a${index}\n`).join(''),
  'deep lists': nest('[', ']', 20_000),
  'deep objects': nest('{a: ', '}', 20_000),
  'deep JSON': `{"a": ${'['.repeat(20_000)}${']'.repeat(20_000)}}`,
  'NUL bytes': `${CLEAN_POLICY}# \0\n`,
  'bytes alone': Uint8Array.from({ length: 4_096 }, (_, index) => (index * 7) % 256),
  'no UTF-8': Uint8Array.from([...Buffer.from(CLEAN_POLICY), 0xc3, 0x28]),
  'UTF-16': Buffer.from(`\ufeff${CLEAN_POLICY}`, 'utf16le'),
  'more than is read': Buffer.alloc(5 * 1024 * 1024, '# a\n'),
  'half a pair': JSON.stringify({ apiVersion: 'audit.k8s.io/v1', kind: 'Policy', rules: [{ level: '\ud800' }] }),
  'a policy of many rules': `${CLEAN_POLICY}${'- level: None\n'.repeat(20_000)}`,
  'deep JSON of a policy': `{"apiVersion": "audit.k8s.io/v1", "a": ${'['.repeat(20_000)}${']'.repeat(20_000)}}`,
  'names of every object': 'apiVersion: audit.k8s.io/v1\nkind: Policy\n__proto__: {a: b}\nconstructor: 1\nrules: []\n',
  'metadata that is none': `apiVersion: drawbridge.dev/v1alpha1\nkind: SecurityBaseline\nmetadata: 7\nspec: {audit: {level: None}}\n`,
  'fields of other types': 'apiVersion: [1]\nkind: {a: 1}\nrules: 7\nmetadata: []\n',
  'a list of lists': 'kind: List\nitems: [{kind: List, items: [{apiVersion: audit.k8s.io/v1}]}, 7, null]\n',
};

describe('A file that was made to do harm', () => {
  const at = useWorkplace();

  for (const [what, content] of Object.entries(FILES)) {
    it(`with ${what} is a finding, or nothing; and the next file is read`, async () => {
      at().write({ 'a.yaml': content, 'b.yaml': POOR_POLICY });
      const { code, out, err } = await at().run(['audit', 'lint', '-o', 'json', 'a.yaml', 'b.yaml']);
      expect(code, err).to.equal(1);
      const files = JSON.parse(out).results.map(({ file }: { readonly file: string }) => file);
      expect(files).to.include('b.yaml');
      expect(err).to.not.match(/Error|node_modules|\.ts:/);
      if (!err.includes('a.yaml: skipped')) expect(files).to.include('a.yaml');
    }).timeout(20_000);
  }

  it('is refused where the parser would take minutes over its anchors', async () => {
    at().write({ 'a.yaml': FILES['thousands of anchors'] ?? '' });
    const { code, out } = await at().run(['audit', 'lint', 'a.yaml']);
    expect([code, /more than 1000 anchors: write it out/.test(out)]).to.deep.equal([1, true]);
  });

  it('is refused where JSON is nested so deeply that nobody can say which field stands twice', async () => {
    const spec = '{"enforcement": "Enforce", "audit": {"level": "None"}, "audit": {"level": "Metadata"}}';
    const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
    const head = '"apiVersion": "drawbridge.dev/v1alpha1", "kind": "SecurityBaseline"';
    at().write({ 'a.json': `{${head}, "metadata": {"name": "a", "x": ${deep}}, "spec": ${spec}}` });
    const { code, out } = await at().run(['audit', 'lint', 'a.json']);
    expect([code, /unreadable +it is nested too deeply/.test(out)], out).to.deep.equal([1, true]);
  });

  it('has a thousand findings at most, and one that says how many there are', async () => {
    const rule = `{level: Request, users: [${"'', ".repeat(300_000)}'']}`;
    at().write({ 'a.yaml': baselineText(rule) });
    const { code, out } = await at().run(['audit', 'lint', '-o', 'json', 'a.yaml']);
    expect(code).to.equal(1);
    const { results } = JSON.parse(out);
    expect(results).to.have.lengthOf(1_001);
    expect(results.map(({ rule: id }: { readonly rule: string }) => id)).to.include('too-many');
    expect(out).to.contain('299002 more of these are not shown');
  }).timeout(20_000);

  for (const [what, content, said] of [
    ['it stands for too much', `${baselineText(GOOD_RULE)}${bomb.join('\n')}\n`, 'Excessive alias count'],
    [
      'it is no UTF-8',
      Uint8Array.from([...Buffer.from(baselineText(GOOD_RULE)), 0x23, 0xc3, 0x28]),
      'not text in UTF-8',
    ],
    ['it is too large', Buffer.alloc(5 * 1024 * 1024, '# a\n'), 'more than 4 MiB'],
  ] as const) {
    it(`is a finding in a directory too where ${what}`, async () => {
      at().write({ 'a.yaml': content, 'b.yaml': CLEAN_POLICY });
      const { code, out } = await at().run(['audit', 'lint', '.']);
      expect([code, out.includes(said)], out).to.deep.equal([1, true]);
    });
  }

  it('cannot move the cursor, nor give commands to who reads the output', async () => {
    const name = 'x\u001b[2J\u0007\u202e::error::\n::stop-commands::';
    const rule = `{level: Request, verbs: [${JSON.stringify(name)}]}`;
    at().write({ 'a.yaml': baselineText(rule, '', JSON.stringify(name)) });
    for (const format of FORMAT_NAMES) {
      const { code, out, err } = await at().run(['audit', 'lint', '-o', format, 'a.yaml']);
      expect(code).to.equal(1);
      expect(`${out}${err}`.replaceAll('\n', ''), format).to.not.match(/\p{C}/u);
      expect(out, format).to.not.match(/^::stop/m);
    }
  });

  it('is read to a bound where it has no end', async () => {
    symlinkSync('/dev/zero', join(at().directory, 'zero.yaml'));
    const { code, out } = await at().run(['audit', 'lint', 'zero.yaml']);
    expect([code, /more than 4 MiB/.test(out)]).to.deep.equal([1, true]);
  });

  it('is left alone in a directory where it is no file', async () => {
    at().write({ 'a.yaml': CLEAN_POLICY });
    execFileSync('mkfifo', [join(at().directory, 'pipe.yaml')]);
    symlinkSync('/dev/zero', join(at().directory, 'zero.yaml'));
    expect((await at().run(['audit', 'lint', '.'])).code).to.equal(0);
  });

  it('is a finding in a directory where it is a link that leads nowhere: it may have been meant', async () => {
    at().write({ 'a.yaml': CLEAN_POLICY });
    symlinkSync('nowhere', join(at().directory, 'gone.yaml'));
    const { code, out } = await at().run(['audit', 'lint', '.']);
    expect([code, /gone.yaml:1:1 +unreadable +it is a link that leads nowhere/.test(out)], out).to.deep.equal([
      1,
      true,
    ]);
  });

  it('is an error by its name where links lead round in a circle, and nothing was found', async () => {
    symlinkSync('self.yaml', join(at().directory, 'self.yaml'));
    const { code, err } = await at().run(['audit', 'lint', 'self.yaml']);
    expect([code, err]).to.deep.equal([2, 'error: self.yaml: its links lead round in a circle\n']);
  });

  it('never is more than a finding, whatever stands in it', async () => {
    const bits = [
      '\n',
      '  ',
      '- ',
      ': ',
      '[',
      ']',
      '{',
      '}',
      '&a',
      '*a',
      '<<',
      '---\n',
      '...\n',
      '|\n',
      '>',
      '"',
      "'",
      '\t',
      '%',
      '!',
      '#',
      '\0',
      '?',
      ',',
    ];
    const parts = fc.array(
      fc.oneof(
        fc.constantFrom(...bits, 'level', 'None', 'rules', 'kind', 'audit.k8s.io/v1', 'apiVersion'),
        fc.string(),
      ),
      { maxLength: 30 },
    );
    const text = fc
      .tuple(fc.constantFrom('', CLEAN_POLICY, baselineText(GOOD_RULE)), parts)
      .map(([base, more]) => base + more.join(''));
    await fc.assert(
      fc.asyncProperty(text, async (stdin) => {
        for (const command of [['lint'], ['compile'], ['explain', '--verb', 'get', '--path', '/a', '--policy']]) {
          const { code, err } = await at().run(['audit', ...command, '-'], { stdin });
          expect(code).to.be.oneOf([0, 1, 2]);
          expect(err).to.not.match(/TypeError|RangeError|undefined|not a function|not iterable|node_modules/);
        }
      }),
      { numRuns: 300 },
    );
  }).timeout(30_000);
});

import { expect } from 'chai';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { documentsOf } from '../../../src/cli/files/documents.ts';

/** What a file holds, or what is said of it. */
const read = (text: string): unknown => {
  const [first] = documentsOf({ name: 'a.yaml', isNamed: true, content: { text } });
  return first?.type === 'broken' ? { broken: first.message } : first?.value;
};

/** What go.yaml.in/yaml/v2 made of each, by way of sigs.k8s.io/yaml 1.6: the JSON that a server gets. */
const SCALARS: Readonly<Record<string, unknown>> = {
  yes: true,
  Off: false,
  y: true,
  N: false,
  yEs: 'yEs',
  '~': null,
  Null: null,
  nil: 'nil',
  '0o7': 7,
  '0O17': 15,
  '017': 15,
  '08': 8,
  '0x1F': 31,
  '0X1f': 31,
  '-0x10': -16,
  '0b11': 3,
  '1_000': 1000,
  _1: '_1',
  '+12': 12,
  '-0': 0,
  '1e3': 1000,
  '1E-2': 0.01,
  '1.': 1,
  '.5': 0.5,
  '.': '.',
  '+.5': 0.5,
  '1.2.3': '1.2.3',
  '0o8': '0o8',
  '0xG': '0xG',
  '1:30': '1:30',
  '190:20:30.15': '190:20:30.15',
  '2026-11-30': '2026-11-30',
  '2026-11-30T12:00:00Z': '2026-11-30T12:00:00Z',
  '10.0.0.0/8': '10.0.0.0/8',
  '<<': '<<',
  '!!str 7': '7',
  '!!int "7"': 7,
  '"yes"': 'yes',
  '0o': '0o',
  '0x_1': 1,
  '0_': 0,
  '+0b1': 1,
  '-0B1': -1,
  '.5e1': 5,
  '._5': '._5',
  '1__0': 10,
  '12e03': 12000,
  '1e': '1e',
  '! 7': '7',
  '!foo bar': 'bar',
};

describe('YAML as Kubernetes reads it', () => {
  for (const [source, value] of Object.entries(SCALARS)) {
    it(`takes ${source} for ${JSON.stringify(value)}`, () =>
      expect(read(`a: ${source}\n`)).to.deep.equal({ a: value }));
  }

  const MERGES: readonly (readonly [string, string, unknown])[] = [
    ['the fields after it win', 'b: {<<: *x, p: 2}', { p: 2, q: 1 }],
    ['it wins over the fields before it', 'b: {p: 2, <<: *x}', { p: 1, q: 1 }],
    ['of several the first wins', 'b: {<<: [*x, {p: 3, r: 3}]}', { p: 1, q: 1, r: 3 }],
    ['a field in quotes is none', 'b: {"<<": 1}', { '<<': 1 }],
  ];
  for (const [what, text, value] of MERGES) {
    it(`merges so that ${what}`, () =>
      expect(read(`x: &x {p: 1, q: 1}\n${text}\n`)).to.deep.equal({ x: { p: 1, q: 1 }, b: value }));
  }

  const KEYS: readonly (readonly [string, unknown])[] = [
    ['{yes: 1}', { true: 1 }],
    ['{7: 1}', { 7: 1 }],
    ['{__proto__: {a: 1}}', JSON.parse('{"__proto__": {"a": 1}}')],
    ['a: {{ .Values.name }}', /^the name of a field must be text; it holds \{\{, as templates do: render it first/],
    ['{[a]: 1}', /^the name of a field must be text$/],
    ['{~: 1}', /^the name of a field must be text$/],
    ['? \n: 1', /^the name of a field must be text$/],
  ];
  for (const [text, expected] of KEYS) {
    it(`has of ${JSON.stringify(text)} ${expected instanceof RegExp ? 'a sentence' : 'text for names'}`, () => {
      const have = read(text);
      if (expected instanceof RegExp) expect((have as { readonly broken: string }).broken).to.match(expected);
      else expect(JSON.stringify(have)).to.equal(JSON.stringify(expected));
    });
  }

  for (const [code, end] of [
    ['D', '\r'],
    ['85', '\u0085'],
    ['2028', '\u2028'],
    ['2029', '\u2029'],
  ] as const) {
    it(`is not read where U+${code} ends a line for Kubernetes, and what seems a comment would be a field`, () => {
      const { broken } = read(`a: 1 # nothing${end}b: 2\n`) as { readonly broken: string };
      expect(broken).to.contain('ends a line for Kubernetes: write a line end instead');
      expect(read(`{"a": "x${end === '\r' ? '' : end}"}`)).to.deep.equal({ a: `x${end === '\r' ? '' : end}` });
    });
  }

  it('is by no other version, whatever the file says', () => {
    expect(read('%YAML 1.1\n---\na: yes\n')).to.deep.equal({ a: true });
    expect(read('%YAML 1.2\n---\na: yes\n')).to.deep.equal({
      broken: 'Kubernetes does not read %YAML 1.2: leave it out',
    });
  });

  it('reads whatever is written for it, in either style, by whichever ends of lines, behind a mark of the byte order', () => {
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom('yes', '0o7', '1e3', '2026-11-30', '1:30', '<<', '~', '', ' ', '{{', 'a: b', '# c', '- d'),
        fc.string(),
        fc.integer(),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('any'), { maxLength: 4 }),
        fc.dictionary(fc.string(), tie('any'), { maxKeys: 4 }),
      ),
    })).any;
    fc.assert(
      fc.property(fc.record({ value, flow: fc.boolean(), crlf: fc.boolean(), bom: fc.boolean() }), (one) => {
        const options = {
          version: '1.1',
          lineWidth: 0,
          defaultStringType: 'QUOTE_DOUBLE',
          defaultKeyType: 'QUOTE_DOUBLE',
        } as const;
        const text = stringify({ a: one.value }, { ...options, collectionStyle: one.flow ? 'flow' : 'block' });
        const written = `${one.bom ? '\ufeff' : ''}${one.crlf ? text.replaceAll('\n', '\r\n') : text}`;
        expect(JSON.stringify(read(written))).to.equal(JSON.stringify({ a: one.value }));
      }),
      { numRuns: 300 },
    );
  });
});

import { expect } from 'chai';
import fc from 'fast-check';
import { stringify } from 'yaml';
import type { ManifestDocument } from '../../../src/cli/files/documents.ts';
import { documentsOf } from '../../../src/cli/files/documents.ts';

/** A tree of fields, whose names are given later, so that each stands once in a file. */
type Tree = { readonly fields: readonly Tree[] } | { readonly entries: readonly Tree[] } | string | number | boolean;

const tree: fc.Arbitrary<Tree> = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constantFrom('x', 'a # b', 'k1: v', "'", '"', '---', 'é\u{1f600}', 'two\nlines\n', ''),
    fc.integer(),
    fc.boolean(),
    fc.record({ fields: fc.array(tie('tree'), { minLength: 1, maxLength: 4 }) }),
    fc.record({ entries: fc.array(tie('tree'), { minLength: 1, maxLength: 3 }) }),
  ),
})).tree;

interface Named {
  readonly value: unknown;
  /** Of each field: the path that leads to it, and its name. */
  readonly paths: readonly (readonly [path: string, name: string])[];
}

function named(node: Tree, path: string, next: () => string): Named {
  if (typeof node !== 'object') return { value: node, paths: [] };
  if ('entries' in node) {
    const parts = node.entries.map((entry, index) => named(entry, `${path}[${index}]`, next));
    return { value: parts.map(({ value }) => value), paths: parts.flatMap(({ paths }) => paths) };
  }
  const parts = node.fields.map((field) => {
    const name = next();
    const own = path === '' ? name : `${path}.${name}`;
    const { value, paths } = named(field, own, next);
    return { name, value, paths: [[own, name] as const, ...paths] };
  });
  return {
    value: Object.fromEntries(parts.map(({ name, value }) => [name, value])),
    paths: parts.flatMap(({ paths }) => paths),
  };
}

/** Some names have what a path has between its steps. */
const naming = () => {
  let count = 0;
  return () => {
    count += 1;
    return `${['k', 'app.kubernetes.io/k', 'a b', 'k[0]'][count % 4]}_${count}_`;
  };
};

const file = fc.record({
  documents: fc.array(fc.record({ tree, flow: fc.boolean(), comments: fc.array(fc.nat(40), { maxLength: 5 }) }), {
    minLength: 1,
    maxLength: 4,
  }),
  crlf: fc.boolean(),
  bom: fc.boolean(),
  asList: fc.boolean(),
});

/** With comments between its lines that look like what is looked for, but not within texts of several lines. */
function commented(text: string, at: readonly number[]): string {
  const lines = text.split('\n');
  if (/[|"]/.test(text)) return `# k_1_: k_2_\n\n${text}`;
  for (const place of at) lines.splice(place % lines.length, 0, '# k_1_: {k_2_: x}', '');
  return lines.join('\n');
}

describe('The line that a result names', () => {
  it('has the field that the result is about, in whichever document, list or style it stands', () => {
    let looked = 0;
    fc.assert(
      fc.property(file, ({ documents, crlf, bom, asList }) => {
        const next = naming();
        const parts = documents.map((one) => ({ ...one, ...named({ fields: [one.tree] }, '', next) }));
        const style = (flow: boolean) => ({ collectionStyle: flow ? 'flow' : 'block', version: '1.1' }) as const;
        const whole = asList
          ? commented(stringify({ kind: 'List', items: parts.map(({ value }) => value) }, style(false)), [1, 3])
          : parts.map(({ value, flow, comments }) => commented(stringify(value, style(flow)), comments)).join('---\n');
        const text = `${bom ? '\ufeff' : ''}${crlf ? whole.replaceAll('\n', '\r\n') : whole}`;
        const read = documentsOf({ name: 'a.yaml', isNamed: true, content: { text } }) as readonly ManifestDocument[];
        expect(read.map(({ type }) => type)).to.deep.equal(parts.map(() => 'document'));
        const lines = text.split('\n');
        for (const [index, { paths }] of parts.entries()) {
          for (const [path, name] of paths) {
            const { line, column } = read[index]?.positionOf(path) ?? { line: 0, column: 0 };
            const there = (lines[line - 1] ?? '').slice(column - 1).replace(/^["']/, '');
            expect(there.startsWith(name), `${path} at ${line}:${column} of\n${text}`).to.equal(true);
            looked += 1;
          }
        }
      }),
      { numRuns: 400 },
    );
    expect(looked).to.be.above(300);
  });
});

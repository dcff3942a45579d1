import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';

const PAGE = readFileSync(join(import.meta.dirname, '../../docs/security-model.md'), 'utf8');
const DOCS = join(import.meta.dirname, '../../docs');
const RULES = 29;

interface Row {
  readonly rule: number;
  readonly test: string;
}

const ROWS: readonly Row[] = [...PAGE.matchAll(/^\| (\d+) \|.*\|.*\|.*\|.*\|$/gm)].map(([line, rule]) => {
  const cells = line.split(/(?<!\\)\|/).map((cell) => cell.trim());
  return { rule: Number(rule), test: cells[5] ?? '' };
});

describe('The security model', () => {
  it('has a row for each rule, in order', () => {
    expect(ROWS.map(({ rule }) => rule)).to.deep.equal(Array.from({ length: RULES }, (_, at) => at + 1));
  });

  for (const { rule, test } of ROWS) {
    it(`names a test of rule ${rule} that is there`, () => {
      const [, title = '', path = ''] = /^\[(.+)\]\((\S+)\)$/.exec(test) ?? [];
      expect(title, test).to.match(new RegExp(`THREATS (\\d+, )*${rule}\\b`));
      expect(existsSync(join(DOCS, path)), path).to.equal(true);
      const source = readFileSync(join(DOCS, path), 'utf8');
      const isThere = ["'", '`', '"'].some((quote) => source.includes(`(${quote}${title}${quote},`));
      expect(isThere, `${path} has no test called “${title}”`).to.equal(true);
    });
  }

  it('THREATS 24: the page says what no repair can take back', () => {
    const limits = PAGE.split('\n## What is not held\n')[1] ?? '';
    expect(limits)
      .to.contain('Connections outlive a repair')
      .and.to.match(/`ipBlock` does not match nodes .*Cilium/);
  });
});

import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { CHECKS } from '../../src/controls/checks/checks.ts';
import { CIS, NSA, OWASP } from '../../src/controls/checks/frameworks.ts';
import { clusterControls, controls } from '../../src/controls/index.ts';

const ROOT = join(import.meta.dirname, '../..');
const DATA = /^src\/(controls\/checks|api)\//;

/** The ids that findings have, in the sources. */
const given = new Set(
  globSync('src/{core,controls}/**/*.ts', { cwd: ROOT })
    .filter((path) => !DATA.test(path))
    .flatMap((path) => readFileSync(join(ROOT, path), 'utf8').match(/'SB-[A-Z]+-\d{3}'/g) ?? [])
    .map((quoted) => quoted.slice(1, -1)),
);

describe('The table of checks', () => {
  it('has every check that a finding has, once, and no other', () => {
    const ids = CHECKS.map(({ id }) => id);
    expect(new Set(ids).size).to.equal(ids.length);
    expect(ids.toSorted()).to.deep.equal([...given].sort());
  });

  it('names controls that exist, and leaves none out', () => {
    const ids = [...controls, ...clusterControls].map(({ id }) => id);
    const named = new Set(CHECKS.flatMap((check) => check.controls));
    expect([...named].filter((id) => !ids.includes(id))).to.deep.equal([]);
    expect(ids.filter((id) => !named.has(id))).to.deep.equal([]);
  });

  it('refers to items that the frameworks have, each once', () => {
    for (const { id, cis = [], nsa = [], owasp = [] } of CHECKS) {
      for (const [items, pinned] of [
        [cis, CIS],
        [nsa, NSA],
        [owasp, OWASP],
      ] as const) {
        expect(pinned, id).to.include.members([...items]);
        expect(new Set(items).size, id).to.equal(items.length);
      }
    }
  });

  it('covers the RBAC section of the CIS benchmark but for what pods mount', () => {
    const covered = new Set(CHECKS.flatMap(({ cis = [] }) => cis));
    expect(CIS.filter((item) => item.startsWith('5.1.') && !covered.has(item))).to.deep.equal(['5.1.6']);
  });
});

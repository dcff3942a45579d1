import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { CHECKS } from '../../src/controls/checks/checks.ts';
import type { Row } from './mutations/changes.ts';
import { COMPLIANT } from './mutations/compliant.ts';
import { GOVERNANCE_ROWS } from './mutations/governance.ts';
import { GRANT_ROWS } from './mutations/grants.ts';
import { NETWORK_ROWS } from './mutations/network.ts';
import { POLICY_ROWS } from './mutations/policies.ts';
import { RIGHTS_ROWS } from './mutations/rights.ts';
import { WORKLOAD_ROWS } from './mutations/workloads.ts';
import { failing, judgementsIn } from './mutations/world.ts';

const ROWS: readonly Row[] = [
  ...NETWORK_ROWS,
  ...POLICY_ROWS,
  ...RIGHTS_ROWS,
  ...GRANT_ROWS,
  ...WORKLOAD_ROWS,
  ...GOVERNANCE_ROWS,
];
const MIN_MUTATIONS = 3;

const expectedIn = ([, expected]: Row): readonly string[] => (typeof expected === 'string' ? [expected] : expected);

/** The checks that fewer than three rows bring about. */
function thin(ids: readonly string[], rows: readonly Row[]): readonly string[] {
  const checks = rows.flatMap((row) => [...new Set(expectedIn(row).map((line) => line.split(' ')[0]))]);
  return ids.filter((id) => checks.filter((check) => check === id).length < MIN_MUTATIONS);
}

/** The checks of each reason, as docs/findings.md has them: `SB-RBAC-005, -007 to -010, SB-PSA-006`. */
function documented(): ReadonlyMap<string, readonly string[]> {
  const text = readFileSync(join(import.meta.dirname, '../../docs/findings.md'), 'utf8');
  const rows = [...text.matchAll(/^\| `(\w+)` \| (SB-[^|]+) \|/gm)];
  return new Map(rows.map(([, reason = '', checks = '']) => [reason, expanded(checks)]));
}

function expanded(cell: string): readonly string[] {
  let area = '';
  let last = 0;
  return [...cell.matchAll(/(to )?(?:SB-([A-Z]+))?-(\d{3})/g)].flatMap(([, to, named, digits]) => {
    area = named ?? area;
    const number = Number(digits);
    const from = to === undefined ? number : last + 1;
    last = number;
    return Array.from({ length: number - from + 1 }, (_, i) => `SB-${area}-${String(from + i).padStart(3, '0')}`);
  });
}

describe('A compliant namespace', () => {
  it('has no finding, of any section and of the cluster', () => {
    expect(failing(COMPLIANT)).to.deep.equal([]);
  });

  for (const row of ROWS) {
    const [what, , mutation] = row;
    it(`${expectedIn(row).join(', ')}, and nothing else: ${what}`, () => {
      expect(failing(mutation(COMPLIANT))).to.deep.equal(expectedIn(row));
    });
  }

  it('is broken in at least three ways for every check there is', () => {
    const ids = CHECKS.map(({ id }) => id);
    expect(thin(ids, ROWS)).to.deep.equal([]);
    // A check that is added without rows is found.
    expect(thin([...ids, 'SB-NEW-001'], ROWS)).to.deep.equal(['SB-NEW-001']);
  });

  it('is broken in every way that docs/findings.md has a check for, and has that check', () => {
    const known = documented();
    expect(known.size).to.be.above(40);
    const found = new Set(ROWS.flatMap(expectedIn));
    const reasons = new Set([...found].map((line) => line.split(' ')[1]));
    expect([...known.keys()].filter((reason) => !reasons.has(reason))).to.deep.equal([]);
    const other = [...found].filter((line) => {
      const [check = '', reason = ''] = line.split(' ');
      return known.has(reason) && known.get(reason)?.includes(check) !== true;
    });
    expect(other).to.deep.equal([]);
  });

  it('is judged by the controls that the table of checks has for each, or by the engine itself', () => {
    const told = ROWS.flatMap(([, , mutation]) => judgementsIn(mutation(COMPLIANT)));
    const by = new Map(
      CHECKS.map((check) => [check.id, check.controls.length === 0 ? ['governance'] : check.controls]),
    );
    const others = told.filter(({ check, control }) => by.get(check)?.includes(control) !== true);
    expect(others.map(({ check, control, reason }) => `${check} ${reason} by ${control}`)).to.deep.equal([]);
  });
});

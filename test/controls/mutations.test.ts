import { expect } from 'chai';
import { CHECKS } from '../../src/controls/checks/checks.ts';
import type { Row } from './mutations/changes.ts';
import { COMPLIANT } from './mutations/compliant.ts';
import { GOVERNANCE_ROWS } from './mutations/governance.ts';
import { NETWORK_ROWS } from './mutations/network.ts';
import { RBAC_ROWS } from './mutations/rbac.ts';
import { WORKLOAD_ROWS } from './mutations/workloads.ts';
import { failing } from './mutations/world.ts';

const ROWS: readonly Row[] = [...NETWORK_ROWS, ...RBAC_ROWS, ...WORKLOAD_ROWS, ...GOVERNANCE_ROWS];
const MIN_MUTATIONS = 3;

const expectedIn = ([, expected]: Row): readonly string[] => (typeof expected === 'string' ? [expected] : expected);

/** The checks that fewer than three rows bring about. */
function thin(ids: readonly string[], rows: readonly Row[]): readonly string[] {
  const checks = rows.flatMap((row) => [...new Set(expectedIn(row).map((line) => line.split(' ')[0]))]);
  return ids.filter((id) => checks.filter((check) => check === id).length < MIN_MUTATIONS);
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
});

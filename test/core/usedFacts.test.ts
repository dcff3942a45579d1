import { expect } from 'chai';
import { controls } from '../../src/controls/index.ts';
import { sameFacts, usedFacts } from '../../src/core/plan/usedFacts.ts';
import { baseline, FACTS, governed, VIEWER, withoutSection } from '../support/build.ts';

const used = (...baselines: Parameters<typeof governed>[0]): readonly string[] =>
  [...usedFacts(controls, governed(baselines))].sort();

describe('the facts that decisions rest on', () => {
  it('are those of the controls of governed sections', () => {
    expect(used(baseline('a'))).to.deep.equal(['apiServer', 'callbacks', 'dns', 'otherPolicyApis']);
    expect(used(withoutSection(baseline('a', { rbac: VIEWER }), 'network'))).to.deep.equal([
      'clusterRoles',
      'grantable',
    ]);
    expect(used()).to.deep.equal([]);
  });

  it('are the same while the used ones are, whatever the others do', () => {
    const other = { ...FACTS, grantable: { known: false, why: 'gone' } as const };
    const network = new Set(['apiServer', 'dns'] as const);
    expect(sameFacts(FACTS, FACTS, new Set(['grantable']))).to.equal(true);
    expect(sameFacts(FACTS, other, network)).to.equal(true);
    expect(sameFacts(FACTS, other, new Set(['grantable']))).to.equal(false);
  });
});

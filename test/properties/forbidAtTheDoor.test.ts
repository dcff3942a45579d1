import { Environment } from '@marcbachmann/cel-js';
import { expect } from 'chai';
import fc from 'fast-check';
import { ruleGrants } from '../../src/controls/admission/forbiddenGrants.ts';
import { FORBIDDEN_WORDS, hitsOf } from '../../src/controls/rbac/forbiddenRights.ts';
import { rightsIn, rightsOf } from '../../src/k8s/rbac/grantedRights.ts';
import { resourceRule } from '../support/arbitrary/rbacRule.ts';

const environment = new Environment({ unlistedVariablesAreDyn: true, homogeneousAggregateLiterals: false });
const AT_THE_DOOR = new Map(FORBIDDEN_WORDS.map((word) => [word, environment.parse(ruleGrants(word))]));

describe('what rbac.forbid names', () => {
  it('is refused at the door whenever it would be a finding afterwards; and without names, only then', () => {
    fc.assert(
      fc.property(resourceRule, fc.constantFrom(...FORBIDDEN_WORDS), (rule, word) => {
        const refused = AT_THE_DOOR.get(word)?.({ r: rule });
        const ids = rightsIn('payments', rightsOf([rule]).inNamespace);
        const found = hitsOf(ids, [word], false).length > 0;
        if (found || (rule.resourceNames ?? []).length === 0) expect(refused, JSON.stringify(rule)).to.equal(found);
      }),
      { numRuns: 5_000 },
    );
  });
});

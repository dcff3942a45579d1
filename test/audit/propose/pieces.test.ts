import { expect } from 'chai';
import fc from 'fast-check';
import { joined, piecesOf } from '../../../src/audit/propose/pieces.ts';
import { allows } from '../../../src/k8s/rbac/allows.ts';

describe('piecesOf and joined', () => {
  const words = (...all: readonly string[]) => fc.uniqueArray(fc.constantFrom(...all), { minLength: 1 });
  const anyRule = fc.record({
    verbs: words('get', 'list', '*'),
    apiGroups: words('', 'apps', '*'),
    resources: words('pods', 'pods/log', '*'),
    resourceNames: fc.oneof(fc.constant([]), words('a', 'b')),
  });

  it('allow together exactly what the rule does', () => {
    fc.assert(
      fc.property(anyRule, (rule) => {
        const again = joined(piecesOf(rule));
        for (const verb of ['get', 'list', 'watch'])
          for (const group of ['', 'apps', 'batch'])
            for (const resource of ['pods', 'pods/log', 'jobs'])
              for (const name of ['', 'a', 'c']) {
                const asked = { type: 'resource', verb, group, resource, namespace: '' } as const;
                expect(again.some((one) => allows(one, asked, name))).to.equal(allows(rule, asked, name));
              }
      }),
      { seed: 20261125 },
    );
  });

  it('leave a rule whole that has too many pairs to look at', () => {
    const many = Array.from({ length: 200 }, (_, index) => `r${index}`);
    const rule = { verbs: many, apiGroups: [''], resources: many };
    expect(piecesOf(rule)).to.deep.equal([rule]);
    expect(joined([rule])).to.deep.equal([rule]);
  });
});

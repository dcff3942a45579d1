import { expect } from 'chai';
import fc from 'fast-check';
import type { LabelRequirement } from '../../src/k8s/selector.ts';
import { keysOf, matchesSelector } from '../../src/k8s/selector.ts';

const expression = (operator: string, values?: readonly string[], key = 'env'): LabelRequirement =>
  values === undefined ? { key, operator } : { key, operator, values };

describe('a label selector', () => {
  it('without requirements selects everything', () => {
    expect(matchesSelector({}, {})).to.equal(true);
    expect(matchesSelector({ matchLabels: {}, matchExpressions: [] }, { a: 'b' })).to.equal(true);
  });

  it('needs every one of matchLabels', () => {
    const selector = { matchLabels: { env: 'prod', team: 'a' } };
    expect(matchesSelector(selector, { env: 'prod', team: 'a', more: 'x' })).to.equal(true);
    expect(matchesSelector(selector, { env: 'prod' })).to.equal(false);
    expect(matchesSelector(selector, { env: 'prod', team: 'b' })).to.equal(false);
  });

  const cases: readonly (readonly [LabelRequirement, string | undefined, boolean])[] = [
    [expression('In', ['prod', 'live']), 'live', true],
    [expression('In', ['prod']), 'dev', false],
    [expression('In', ['prod']), undefined, false],
    [expression('In', []), 'prod', false],
    [expression('In'), 'prod', false],
    [expression('NotIn', ['prod']), 'dev', true],
    [expression('NotIn', ['prod']), 'prod', false],
    // apimachinery: NotIn also selects what has no such label.
    [expression('NotIn', ['prod']), undefined, true],
    [expression('Exists'), '', true],
    [expression('Exists'), undefined, false],
    [expression('DoesNotExist'), undefined, true],
    [expression('DoesNotExist'), 'x', false],
    // Not understood: too little, never too much.
    [expression('Gt', ['1']), '2', false],
    [expression('exists'), 'x', false],
  ];
  for (const [requirement, value, expected] of cases) {
    const what = `${requirement.operator} ${JSON.stringify(requirement.values ?? null)}`;
    it(`${what} ${expected ? 'selects' : 'does not select'} a label ${value ?? 'that is absent'}`, () => {
      expect(matchesSelector({ matchExpressions: [requirement] }, value === undefined ? {} : { env: value })).to.equal(
        expected,
      );
    });
  }

  it('needs all of its expressions and labels together', () => {
    const selector = { matchLabels: { team: 'a' }, matchExpressions: [expression('Exists'), expression('In', ['x'])] };
    expect(matchesSelector(selector, { team: 'a', env: 'x' })).to.equal(true);
    expect(matchesSelector(selector, { team: 'b', env: 'x' })).to.equal(false);
    expect(matchesSelector(selector, { team: 'a', env: 'y' })).to.equal(false);
  });

  it('sees no label where JavaScript objects have a property of that name', () => {
    for (const key of ['constructor', 'toString', 'valueOf', 'hasOwnProperty']) {
      expect(matchesSelector({ matchExpressions: [expression('Exists', undefined, key)] }, {}), key).to.equal(false);
      expect(matchesSelector({ matchExpressions: [expression('DoesNotExist', undefined, key)] }, {}), key).to.equal(
        true,
      );
      expect(matchesSelector({ matchLabels: { [key]: 'x' } }, { [key]: 'x' }), key).to.equal(true);
    }
  });

  it('names the keys it reads, each once', () => {
    const selector = { matchLabels: { a: '1', b: '2' }, matchExpressions: [expression('Exists', undefined, 'b')] };
    expect(
      keysOf({ ...selector, matchExpressions: [...selector.matchExpressions, expression('Exists')] }),
    ).to.deep.equal(['a', 'b', 'env']);
    expect(keysOf({})).to.deep.equal([]);
  });

  it('is never changed in its verdict by labels whose keys it does not read', () => {
    const key = fc.constantFrom('a', 'b', 'c');
    const labels = fc.dictionary(key, fc.constantFrom('1', '2'));
    const requirement = fc.record({
      key,
      operator: fc.constantFrom('In', 'NotIn', 'Exists', 'DoesNotExist'),
      values: fc.array(fc.constantFrom('1', '2')),
    });
    fc.assert(
      fc.property(labels, fc.array(requirement), labels, (matchLabels, matchExpressions, have) => {
        const selector = { matchLabels, matchExpressions };
        const read = Object.fromEntries(Object.entries(have).filter(([k]) => keysOf(selector).includes(k)));
        expect(matchesSelector(selector, have)).to.equal(matchesSelector(selector, read));
      }),
    );
  });
});

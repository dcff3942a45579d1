import { expect } from 'chai';
import fc from 'fast-check';
import { matchesGlob } from '../../src/k8s/glob.ts';

describe('a glob', () => {
  const cases: readonly (readonly [string, string, boolean])[] = [
    ['payments', 'payments', true],
    ['payments', 'payment', false],
    ['payment', 'payments', false],
    ['', '', true],
    ['', 'a', false],
    ['*', '', true],
    ['*', 'anything', true],
    ['sandbox-*', 'sandbox-', true],
    ['sandbox-*', 'sandbox-a-b', true],
    ['sandbox-*', 'my-sandbox-a', false],
    ['*-dev', 'a-dev', true],
    ['*-dev', 'a-dev-b', false],
    ['a*b*c', 'axxbyyc', true],
    ['a*b*c', 'axxbyy', false],
    ['a*ab', 'aab', true],
    ['a*ab', 'aaab', true],
    ['team-?', 'team-a', true],
    ['team-?', 'team-', false],
    ['team-?', 'team-ab', false],
    ['shoot--*', 'shoot-x', false],
    ['a.c', 'abc', false],
  ];
  for (const [glob, name, expected] of cases) {
    it(`"${glob}" ${expected ? 'matches' : 'does not match'} "${name}"`, () => {
      expect(matchesGlob(glob, name)).to.equal(expected);
    });
  }

  it('decides as the regular expression of the same meaning', () => {
    const glob = fc.string({ unit: fc.constantFrom('a', 'b', '-', '*', '?'), maxLength: 8 });
    const name = fc.string({ unit: fc.constantFrom('a', 'b', '-'), maxLength: 8 });
    fc.assert(
      fc.property(glob, name, (g, n) => {
        const regexp = new RegExp(`^${g.replaceAll('*', '.*').replaceAll('?', '.')}$`, 's');
        expect(matchesGlob(g, n)).to.equal(regexp.test(n));
      }),
      { numRuns: 2000 },
    );
  });

  it('with many stars is not slow, as a regular expression would be', () => {
    expect(matchesGlob(`${'a*'.repeat(60)}b`, 'a'.repeat(20_000))).to.equal(false);
  });
});

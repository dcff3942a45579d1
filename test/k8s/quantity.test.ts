import { expect } from 'chai';
import fc from 'fast-check';
import { canonicalQuantity, nanosOf } from '../../src/k8s/quantity.ts';

describe('a quantity', () => {
  const TABLE: readonly (readonly [string, string | undefined])[] = [
    ['0', '0'],
    ['0.0', '0'],
    ['0Gi', '0'],
    ['1', '1'],
    ['100', '100'],
    ['1000', '1k'],
    ['1500', '1500'],
    ['15000', '15k'],
    ['0.5', '500m'],
    ['0.001', '1m'],
    ['1.5', '1500m'],
    ['1000m', '1'],
    ['0.5m', '1m'],
    ['2.0005', '2001m'],
    ['1024Mi', '1Gi'],
    ['1536Mi', '1536Mi'],
    ['1.5Gi', '1536Mi'],
    ['512', '512'],
    ['0.5Ki', '512'],
    ['1Ki', '1Ki'],
    ['1.001Ki', '1025024m'],
    ['2048Ki', '2Mi'],
    ['7882953.125Ki', '8072144k'],
    ['1000k', '1M'],
    ['9223372036854775807', '9223372036854775807'],
    ['10E', '9223372036854775807'],
    ['999999999999999Gi', '9223372036854775807'],
    ['007', '7'],
    ['1e3', undefined],
    ['-1', undefined],
    ['', undefined],
    ['Gi', undefined],
    ['1 Gi', undefined],
  ];
  for (const [text, stored] of TABLE) {
    it(`${text} is stored as ${stored ?? 'nothing'}`, () => expect(canonicalQuantity(text)).to.equal(stored));
  }

  it('may have an exponent where it is read, as sums of what pods ask for have it, and is worth as much as without', () => {
    for (const [one, other] of [
      ['1e3', '1k'],
      ['1.5E3', '1500'],
      ['25e-1', '2500m'],
      ['12e+2', '1200'],
      ['1e-99', '1n'],
      ['1e999', '10E'],
      ['1E', '1000P'],
    ] as const) {
      expect(nanosOf(one), one).to.equal(nanosOf(other));
    }
    expect(nanosOf('1e')).to.equal(undefined);
  });

  it('is worth the same as it is stored, but for less than a thousandth, and is stored as it is stored', () => {
    const text = fc
      .tuple(fc.nat(9_999_999), fc.constantFrom('', '.5', '.125'), fc.constantFrom('', 'm', 'k', 'G', 'Ki', 'Gi', 'Ti'))
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, (one) => {
        const stored = canonicalQuantity(one) ?? '';
        const [worth, less] = [nanosOf(stored) ?? 0n, nanosOf(one) ?? 0n];
        expect(worth - less >= 0n && worth - less < 1_000_000n, `${one} and ${stored}`).to.equal(true);
        expect(canonicalQuantity(stored)).to.equal(stored);
      }),
      { numRuns: 2_000 },
    );
  });
});

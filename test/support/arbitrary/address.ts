import fc from 'fast-check';
import type { Address } from '../../../src/k8s/address.ts';
import { isMapped } from '../../../src/k8s/address.ts';

const MAX = { 4: 0xffffffffn, 6: (1n << 128n) - 1n };

/** Any address, with runs of zeros as often as not. */
export const anyAddress: fc.Arbitrary<Address> = fc
  .constantFrom(4 as const, 6 as const)
  .chain((family) =>
    fc
      .tuple(fc.bigInt({ min: 0n, max: MAX[family] }), fc.bigInt({ min: 0n, max: MAX[family] }))
      .map(([a, b]) => ({ family, value: a & b })),
  )
  .filter((address) => !isMapped(address));

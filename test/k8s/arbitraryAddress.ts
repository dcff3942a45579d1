import fc from 'fast-check';
import type { Address } from '../../src/k8s/address.ts';
import { BITS, formatAddress, isMapped } from '../../src/k8s/address.ts';

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

/** CIDRs crowded around few addresses, so that they often contain each other. */
export const anyCidr: fc.Arbitrary<string> = fc
  .record({ family: fc.constantFrom(4 as const, 6 as const), bits: fc.nat(7), length: fc.nat(8), scale: fc.nat(3) })
  .map(({ family, bits, length, scale }) => {
    const width = BITS[family];
    const value = BigInt(bits) << BigInt(width - 3 - scale * 2);
    return `${formatAddress({ family, value })}/${Math.min(width, length)}`;
  });

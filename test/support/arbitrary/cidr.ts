import fc from 'fast-check';
import type { Family } from '../../../src/k8s/address.ts';
import { BITS, formatAddress, isMapped } from '../../../src/k8s/address.ts';
import type { Block } from '../../../src/k8s/cidr.ts';
import { formatCidr, parseCidr } from '../../../src/k8s/cidr.ts';
import { anyAddress } from './address.ts';

/** CIDRs crowded around few addresses, so that they often contain each other; with bits after their prefix length. */
export const anyCidr: fc.Arbitrary<string> = fc
  .record({ family: fc.constantFrom(4 as const, 6 as const), bits: fc.nat(7), length: fc.nat(8), scale: fc.nat(3) })
  .map(({ family, bits, length, scale }) => {
    const width = BITS[family];
    const value = BigInt(bits) << BigInt(width - 3 - scale * 2);
    return `${formatAddress({ family, value })}/${Math.min(width, length)}`;
  });

/** Where clouds, clusters and the ends of the address space are. */
const PLACES = [
  '0.0.0.0',
  '10.0.0.0',
  '10.128.0.1',
  '127.255.255.255',
  '128.0.0.0',
  '169.254.169.254',
  '192.0.2.10',
  '255.255.255.255',
  '::',
  '2001:db8::1',
  'fd00::a',
  'fe80::1',
  '7fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
  'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
];
const LENGTHS: Readonly<Record<Family, readonly number[]>> = {
  4: [0, 1, 2, 7, 8, 9, 16, 30, 31, 32],
  6: [0, 1, 3, 7, 8, 32, 64, 126, 127, 128],
};

const blockAt = (address: string, length: number): Block => {
  const block = parseCidr(`${address}/${length}`);
  if (block === undefined) throw new Error(`${address}/${length} is no CIDR`);
  return block;
};
const place = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...PLACES) },
  { weight: 1, arbitrary: anyAddress.map(formatAddress) },
);
const block: fc.Arbitrary<Block> = place.chain((address) => {
  const { family } = blockAt(address, 0);
  const length = fc.oneof(fc.constantFrom(...LENGTHS[family]), fc.integer({ min: 0, max: BITS[family] }));
  return length.map((n) => blockAt(address, n));
});

/** A block of any length, written as the schema demands. */
export const cidr: fc.Arbitrary<string> = block.filter((b) => !isMapped({ ...b, value: b.first })).map(formatCidr);

/** One that `blockedCidrs` may name: not all there is. */
export const blockedCidr: fc.Arbitrary<string> = cidr.filter((text) => !text.endsWith('/0'));

/** An `ipBlock` as the schema takes it: what it excepts lies inside it, and may have bits after its prefix length. */
export const ipBlock: fc.Arbitrary<{ readonly cidr: string; readonly except?: readonly string[] }> = cidr.chain(
  (text) => {
    const outer = parseCidr(text);
    if (outer === undefined) throw new Error(`${text} is no CIDR`);
    const hole = fc
      .record({
        value: fc.oneof(fc.constantFrom(outer.first, outer.last), fc.bigInt({ min: outer.first, max: outer.last })),
        length: fc.integer({ min: outer.length, max: BITS[outer.family] }),
      })
      .map(({ value, length }) => ({ address: { family: outer.family, value }, length }))
      .filter(({ address }) => !isMapped(address))
      .map(({ address, length }) => `${formatAddress(address)}/${length}`)
      .filter((inner) => inner !== text);
    // Nothing but itself lies in a single address.
    if (outer.length === BITS[outer.family]) return fc.constant({ cidr: text });
    return fc.record({ cidr: fc.constant(text), except: fc.array(hole, { maxLength: 2 }) }, { requiredKeys: ['cidr'] });
  },
);

/** A block, and blocks beside, around, inside, equal to and far from it. */
export const blockWithNeighbours: fc.Arbitrary<{
  readonly block: { readonly cidr: string; readonly except?: readonly string[] };
  readonly blocked: readonly string[];
}> = ipBlock.chain((outer) => {
  const own = parseCidr(outer.cidr);
  if (own === undefined) throw new Error(`${outer.cidr} is no CIDR`);
  const { family, first, last, length } = own;
  const top = (1n << BigInt(BITS[family])) - 1n;
  const at = (value: bigint, bits: number): string =>
    `${formatAddress({ family, value: value < 0n ? 0n : value > top ? top : value })}/${bits}`;
  const shorter = fc.integer({ min: 0, max: length });
  const longer = fc.integer({ min: length, max: BITS[family] });
  const neighbour = fc.oneof(
    fc.constant(outer.cidr),
    fc.constantFrom(first, last).chain((value) => longer.map((bits) => at(value, bits))),
    fc.bigInt({ min: first, max: last }).chain((value) => longer.map((bits) => at(value, bits))),
    shorter.map((bits) => at(first, bits)),
    fc.constantFrom(first - 1n, last + 1n).chain((value) => longer.map((bits) => at(value, bits))),
    cidr,
  );
  const readable = neighbour.filter((text) => parseCidr(text) !== undefined);
  return fc.record({ block: fc.constant(outer), blocked: fc.array(readable, { maxLength: 4 }) });
});

import type { Interval, PackedReach, Reach } from '../model/bodies.ts';

const DIGITS = { v4: 8, v6: 32 } as const;
type Family = keyof typeof DIGITS;

/** As text: of the numbers themselves a thousand blocks take 90 KB, and anybody may make thousands of policies (THREATS 6). */
export const packReach = ({ anywhere, allNamespaces, v4, v6 }: Reach): PackedReach => ({
  anywhere,
  allNamespaces,
  v4: packed(v4, 'v4'),
  v6: packed(v6, 'v6'),
});

export const unpackReach = ({ anywhere, allNamespaces, v4, v6 }: PackedReach): Reach => ({
  anywhere,
  allNamespaces,
  v4: unpacked(v4, 'v4'),
  v6: unpacked(v6, 'v6'),
});

/** How many blocks of addresses it names. */
export const blocksIn = ({ v4, v6 }: PackedReach): number => (v4.length / DIGITS.v4 + v6.length / DIGITS.v6) / 2;

const packed = (intervals: readonly Interval[], family: Family): string =>
  intervals
    .flatMap(({ first, last }) => [first, last])
    .map((address) => address.toString(16).padStart(DIGITS[family], '0'))
    .join('');

function unpacked(text: string, family: Family): readonly Interval[] {
  const digits = DIGITS[family];
  const at = (from: number): bigint => BigInt(`0x${text.slice(from, from + digits)}`);
  return Array.from({ length: text.length / digits / 2 }, (_, index) => {
    const from = index * digits * 2;
    return { first: at(from), last: at(from + digits) };
  });
}

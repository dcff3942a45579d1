/**
 * IP addresses and blocks as plain numbers, written a second time: what src/k8s decides about them is judged by this, and
 * shares no line with it. For canonical text only; it throws at what it does not know.
 */
export interface Ip {
  readonly family: 4 | 6;
  readonly value: bigint;
}

export interface IpRange {
  readonly family: 4 | 6;
  readonly first: bigint;
  readonly last: bigint;
}

const WIDTH = { 4: 32n, 6: 128n } as const;

export function ipOf(text: string): Ip {
  if (!text.includes(':')) return { family: 4, value: joined(text.split('.'), 4, 8n, '') };
  const [head = '', tail] = text.split('::');
  const [before, after] = [head, tail ?? ''].map((part) => (part === '' ? [] : part.split(':')));
  const zeros = Array.from({ length: 8 - (before?.length ?? 0) - (after?.length ?? 0) }, () => '0');
  return { family: 6, value: joined([...(before ?? []), ...zeros, ...(after ?? [])], 8, 16n, '0x') };
}

function joined(parts: readonly string[], count: number, bits: bigint, prefix: string): bigint {
  if (parts.length !== count) throw new Error(`not an address: ${parts.join(' ')}`);
  return parts.reduce((value, part) => value * (1n << bits) + BigInt(`${prefix}${part}`), 0n);
}

/** All addresses that share the first bits with the address before the slash. */
export function rangeOf(cidr: string): IpRange {
  const [address = '', length = ''] = cidr.split('/');
  const { family, value } = ipOf(address);
  const size = 1n << (WIDTH[family] - BigInt(length));
  const first = (value / size) * size;
  return { family, first, last: first + size - 1n };
}

export const isWithin = ({ family, first, last }: IpRange, ip: Ip): boolean =>
  ip.family === family && first <= ip.value && ip.value <= last;

/** The first and the last address of a block, and those beside it. */
export const bordersOf = ({ family, first, last }: IpRange): readonly Ip[] =>
  [first - 1n, first, last, last + 1n]
    .filter((value) => value >= 0n && value < 1n << WIDTH[family])
    .map((value) => ({ family, value }));

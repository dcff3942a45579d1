import type { Address, Family } from './address.ts';
import { BITS, formatAddress, isMapped, parseAddress, parseLegacyAddress } from './address.ts';

/** A CIDR block as an inclusive interval; host bits are masked away. */
export interface Block {
  readonly family: Family;
  readonly first: bigint;
  readonly last: bigint;
  /** The prefix length. */
  readonly length: number;
}

/** The `ipBlock` of a NetworkPolicy peer. */
export interface IpBlock {
  readonly cidr: string;
  readonly except?: readonly string[] | undefined;
}

/** A block from strict text, or `undefined`; see `parseAddress` for what is refused. */
export function parseCidr(text: string): Block | undefined {
  const [host = '', length = '', more] = text.split('/');
  if (more !== undefined || !/^(0|[1-9][0-9]{0,2})$/.test(length)) return undefined;
  const address = parseAddress(host);
  return address === undefined ? undefined : blockOf(address, Number(length));
}

/** A block as the API server may have admitted it before strict validation: an IPv4-mapped one is the IPv4 block. */
export function parseLegacyCidr(text: string): Block | undefined {
  const [host = '', digits = '', more] = text.split('/');
  if (more !== undefined || !/^[0-9]{1,32}$/.test(digits)) return undefined;
  const address = parseLegacyAddress(host);
  if (address === undefined) return undefined;
  const length = Number(digits);
  return isMapped(address) && length >= 96 && length <= 128
    ? blockOf({ family: 4, value: address.value & 0xffffffffn }, length - 96)
    : blockOf(address, length);
}

/** Canonical text: masked, RFC 5952. */
export const formatCidr = (block: Block): string =>
  `${formatAddress({ family: block.family, value: block.first })}/${block.length}`;

/** The block of one address alone, `/32` or `/128` as its family has it; `undefined` if the text is no address. */
export function hostCidr(text: string): string | undefined {
  const address = parseAddress(text);
  return address === undefined ? undefined : `${formatAddress(address)}/${BITS[address.family]}`;
}

/** Whether all of `inner` is in `outer`; a block contains itself. */
export const contains = (outer: Block, inner: Block): boolean =>
  outer.family === inner.family && outer.first <= inner.first && inner.last <= outer.last;

/** CIDR blocks never overlap in part: of two that share an address, one contains the other. */
export const overlaps = (a: Block, b: Block): boolean => contains(a, b) || contains(b, a);

/**
 * Takes blocked CIDRs out of an ipBlock (THREATS 7): blocked inside the block → `except`; the block inside or equal to a
 * blocked one, or to one of its own excepts → removed; disjoint → nothing. The answer is canonical and minimal. Text that
 * cannot be read removes the block: what is not understood is not allowed.
 */
export function carve(block: IpBlock, blocked: readonly string[]): IpBlock | 'removed' {
  const outer = parseCidr(block.cidr);
  if (outer === undefined) return 'removed';
  const holes: Block[] = [];
  for (const text of [...(block.except ?? []), ...blocked]) {
    const hole = parseCidr(text);
    if (hole === undefined || contains(hole, outer)) return 'removed';
    if (contains(outer, hole)) holes.push(hole);
  }
  const cidr = formatCidr(outer);
  return holes.length === 0 ? { cidr } : { cidr, except: outermost(holes).map(formatCidr) };
}

/** Sorted, without those that lie in another. */
function outermost(blocks: readonly Block[]): readonly Block[] {
  const kept: Block[] = [];
  for (const block of blocks.toSorted(byPlace)) {
    const previous = kept.at(-1);
    if (previous === undefined || !contains(previous, block)) kept.push(block);
  }
  return kept;
}

/** By first address, the larger block first, so that a block comes right after the one that contains it. */
const byPlace = (a: Block, b: Block): number =>
  a.first === b.first ? a.length - b.length : a.first < b.first ? -1 : 1;

function blockOf({ family, value }: Address, length: number): Block | undefined {
  if (length > BITS[family]) return undefined;
  const hosts = (1n << BigInt(BITS[family] - length)) - 1n;
  return { family, first: value & ~hosts, last: value | hosts, length };
}

/**
 * IP addresses as numbers. Strict on purpose: the API server's own parser is lenient (k8s.io/utils/net ParseIPSloppy),
 * and what two programs read differently is a hole.
 */

export type Family = 4 | 6;

export interface Address {
  readonly family: Family;
  readonly value: bigint;
}

export const BITS: Readonly<Record<Family, number>> = { 4: 32, 6: 128 };

/** No leading zeros: some readers take them for octal. */
const STRICT_OCTET = /^(0|[1-9][0-9]{0,2})$/;
/** What Go's forked parser behind the API server still takes, as decimal, in objects older than strict validation. */
const LEGACY_OCTET = /^[0-9]{1,32}$/;
const MAPPED = 0xffffn;

/**
 * An address in strict text, or `undefined`. Refused: leading zeros in IPv4, zone ids, and IPv4-mapped IPv6, which is an
 * IPv4 address to some readers and an IPv6 address to others.
 */
export function parseAddress(text: string): Address | undefined {
  const address = parse(text, STRICT_OCTET);
  return address !== undefined && isMapped(address) ? undefined : address;
}

/**
 * An address as the API server may have admitted it before strict validation (Kubernetes 1.36): with leading zeros, or
 * IPv4-mapped. For judging what others wrote, never for what we write.
 */
export const parseLegacyAddress = (text: string): Address | undefined => parse(text, LEGACY_OCTET);

/** Whether an IPv6 address is ::ffff:0:0/96. */
export const isMapped = ({ family, value }: Address): boolean => family === 6 && value >> 32n === MAPPED;

/** Canonical text: RFC 5952 for IPv6. */
export function formatAddress({ family, value }: Address): string {
  if (family === 4) return [24n, 16n, 8n, 0n].map((shift) => String((value >> shift) & 0xffn)).join('.');
  const groups = Array.from({ length: 8 }, (_, index) => ((value >> BigInt(112 - 16 * index)) & 0xffffn).toString(16));
  const run = longestZeroRun(groups);
  if (run.length < 2) return groups.join(':');
  return `${groups.slice(0, run.start).join(':')}::${groups.slice(run.start + run.length).join(':')}`;
}

/** An address one host can have: not unspecified, "this network", loopback, multicast, reserved or broadcast. */
export function isUnicast({ family, value }: Address): boolean {
  if (family === 6) return value > 1n && value >> 120n !== 0xffn && !isMapped({ family, value });
  const first = value >> 24n;
  return first !== 0n && first !== 127n && first < 224n;
}

/** 169.254.0.0/16 and fe80::/10: node-local caches live there, and so do the clouds' metadata services. */
export const isLinkLocal = ({ family, value }: Address): boolean =>
  family === 4 ? value >> 16n === 0xa9fen : value >> 118n === 0x3fan;

function parse(text: string, octet: RegExp): Address | undefined {
  if (text.length > 64) return undefined;
  const family: Family = text.includes(':') ? 6 : 4;
  const value = family === 6 ? parseV6(text, octet) : parseV4(text, octet);
  return value === undefined ? undefined : { family, value };
}

function parseV4(text: string, octet: RegExp): bigint | undefined {
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  let value = 0n;
  for (const part of parts) {
    if (!octet.test(part) || Number(part) > 255) return undefined;
    value = (value << 8n) | BigInt(part);
  }
  return value;
}

function parseV6(text: string, octet: RegExp): bigint | undefined {
  const [before, after, more] = text.split('::');
  if (before === undefined || more !== undefined) return undefined;
  const head = groupsOf(before, after === undefined, octet);
  const tail = groupsOf(after ?? '', true, octet);
  if (head === undefined || tail === undefined) return undefined;
  const missing = 8 - head.length - tail.length;
  // `::` stands for at least one group (RFC 4291 §2.2).
  if (after === undefined ? missing !== 0 : missing < 1) return undefined;
  const groups = [...head, ...new Array<bigint>(missing).fill(0n), ...tail];
  return groups.reduce((value, group) => (value << 16n) | group, 0n);
}

/** The 16-bit groups of one side of `::`; a dotted IPv4 address may stand for the last two of the whole text. */
function groupsOf(text: string, isLast: boolean, octet: RegExp): bigint[] | undefined {
  if (text === '') return [];
  const parts = text.split(':');
  const groups: bigint[] = [];
  for (const [index, part] of parts.entries()) {
    if (/^[0-9a-f]{1,4}$/i.test(part)) {
      groups.push(BigInt(`0x${part}`));
      continue;
    }
    const dotted = isLast && index === parts.length - 1 ? parseV4(part, octet) : undefined;
    if (dotted === undefined) return undefined;
    groups.push(dotted >> 16n, dotted & 0xffffn);
  }
  return groups;
}

function longestZeroRun(groups: readonly string[]): { readonly start: number; readonly length: number } {
  let best = { start: 0, length: 0 };
  let length = 0;
  for (const [index, group] of groups.entries()) {
    length = group === '0' ? length + 1 : 0;
    if (length > best.length) best = { start: index - length + 1, length };
  }
  return best;
}

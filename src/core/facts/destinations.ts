import { sortedUnique } from './factValues.ts';

/** Addresses that are reached on each of these ports. */
export interface Destination {
  /** Plain addresses, IPv4 and IPv6. */
  readonly addresses: readonly string[];
  /** TCP ports. */
  readonly ports: readonly number[];
}

/**
 * Which addresses are reached on which ports: each address once, sorted, by its set of ports. An address of one slice is
 * not reached on the ports of another: joined, they would allow pairs on which nothing of ours answers.
 *
 * While all slices have the same ports, the Service's addresses and ports are joined with theirs, as ever: an upgrade
 * then writes nothing anew.
 */
export function destinationsOf(service: Destination, endpoints: readonly Destination[]): readonly Destination[] {
  const portSets = new Set(endpoints.map(({ ports }) => keyOf(ports)));
  return portSets.size === 1 ? [joined([service, ...endpoints])] : byPorts([service, ...endpoints]);
}

/** All of the addresses, each on all of the ports. */
export const joined = (all: readonly Destination[]): Destination => ({
  addresses: sortedUnique(all.flatMap(({ addresses }) => addresses)),
  ports: ascending(all.flatMap(({ ports }) => ports)),
});

/** An address that several name is reached on the ports of each. */
function byPorts(all: readonly Destination[]): readonly Destination[] {
  const addresses = sortedUnique(all.flatMap((one) => one.addresses));
  const sets = new Map<string, { readonly addresses: string[]; readonly ports: readonly number[] }>();
  for (const address of addresses) {
    const ports = ascending(all.filter((one) => one.addresses.includes(address)).flatMap((one) => one.ports));
    // Without ports it is not reached at all; to a NetworkPolicy no ports are all.
    if (ports.length === 0) continue;
    const set = sets.get(keyOf(ports));
    if (set === undefined) sets.set(keyOf(ports), { addresses: [address], ports });
    else set.addresses.push(address);
  }
  return [...sets.values()].sort((a, b) => comparePorts(a.ports, b.ports));
}

const ascending = (ports: readonly number[]): readonly number[] => [...new Set(ports)].sort((a, b) => a - b);

const keyOf = (ports: readonly number[]): string => ascending(ports).join();

/** By the first port that differs; a set goes before one that continues it. */
function comparePorts(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((port, index) => port !== b[index]);
  return at < 0 ? a.length - b.length : (a[at] ?? 0) - (b[at] ?? 0);
}

import fc from 'fast-check';
import type { Fact, Facts } from '../../../src/core/facts/facts.ts';
import { UNKNOWN } from './facts.ts';

/** What is no longer known: `dns`, or a part such as `dns.addresses 0`. */
export type Loss = readonly string[];

const WHOLE = ['apiServer', 'dns', 'grantable'];
const PARTS = [
  'apiServer.destinations',
  'apiServer.addresses',
  'apiServer.ports',
  'dns.services',
  'dns.addresses',
  'dns.ports',
  'grantable.rules',
].flatMap((name) => [0, 1, 2, 3, 4, 5].map((index) => `${name} ${index}`));

/** Whole facts, or addresses, ports, services and grantable rules; nothing is ever added. */
export const loss: fc.Arbitrary<Loss> = fc
  .tuple(fc.subarray(WHOLE, { maxLength: 2 }), fc.subarray(PARTS))
  .map(([whole, parts]) => [...whole, ...parts]);

/** What is left of facts after a loss. */
export function without(all: Facts, lost: Loss): Facts {
  const left = <T>(name: keyof Facts, fact: Fact<T>, rest: (value: T) => T): Fact<T> => {
    if (lost.includes(name)) return UNKNOWN;
    return fact.known ? { ...fact, value: rest(fact.value) } : fact;
  };
  const some = <T>(name: string, items: readonly T[]): readonly T[] =>
    items.filter((_, index) => !lost.includes(`${name} ${index}`));
  return {
    apiServer: left('apiServer', all.apiServer, ({ destinations }) => ({
      destinations: some('apiServer.destinations', destinations).map(({ addresses, ports }) => ({
        addresses: some('apiServer.addresses', addresses),
        ports: some('apiServer.ports', ports),
      })),
    })),
    dns: left('dns', all.dns, ({ services, addresses, ports }) => ({
      services: some('dns.services', services),
      addresses: some('dns.addresses', addresses),
      ports: some('dns.ports', ports),
    })),
    grantable: left('grantable', all.grantable, (rules) => some('grantable.rules', rules)),
    clusterRoles: all.clusterRoles,
    // What is not known to be called holds up a first closing: see test/controls/network/preflight.test.ts.
    callbacks: all.callbacks,
    otherPolicyApis: all.otherPolicyApis,
    serverMinor: all.serverMinor,
  };
}

import { expect } from 'chai';
import fc from 'fast-check';
import type { NetworkSpec } from '../../src/api/types.ts';
import type { IpBlock } from '../../src/k8s/cidr.ts';
import { carve } from '../../src/k8s/cidr.ts';
import { blockWithNeighbours } from '../support/arbitrary/cidr.ts';
import { facts } from '../support/arbitrary/facts.ts';
import { networkSpec } from '../support/arbitrary/networkSpec.ts';
import type { Ip } from '../support/model/ip.ts';
import { bordersOf, isWithin, rangeOf } from '../support/model/ip.ts';
import type { PolicySpec } from '../support/model/traffic.ts';
import { isLetThrough } from '../support/model/traffic.ts';
import { connectionsOf, picks, shown } from '../support/model/world.ts';
import { policiesOf } from './wanted.ts';

const holds = (block: IpBlock | 'removed', ip: Ip): boolean =>
  block !== 'removed' &&
  isWithin(rangeOf(block.cidr), ip) &&
  !(block.except ?? []).some((hole) => isWithin(rangeOf(hole), ip));

const isBlocked = (blocked: readonly string[], ip: Ip): boolean => blocked.some((cidr) => isWithin(rangeOf(cidr), ip));

const peerLists = (policies: readonly PolicySpec[]): readonly unknown[] =>
  policies.flatMap((spec) => [...(spec.ingress ?? []), ...(spec.egress ?? [])]).map((rule) => rule.from ?? rule.to);

describe('THREATS 7: blocked CIDRs', () => {
  it('leave of a block every address that is not blocked, and no other, in whatever way they lie to each other', () => {
    fc.assert(
      fc.property(blockWithNeighbours, ({ block, blocked }) => {
        const carved = carve(block, blocked);
        for (const ip of [block.cidr, ...(block.except ?? []), ...blocked].map(rangeOf).flatMap(bordersOf)) {
          expect(holds(carved, ip), `${ip.value} of ${JSON.stringify(carved)}`).to.equal(
            holds(block, ip) && !isBlocked(blocked, ip),
          );
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('let no policy reach them, and no policy reach further than without them', () => {
    fc.assert(
      fc.property(networkSpec, facts, picks, (spec, known, ports) => {
        const { blockedCidrs = [], ...open } = spec;
        const [carved, uncarved] = [policiesOf(spec, known), policiesOf(open, known)];
        const sample = { namespace: 'payments', labels: {}, picks: ports, cidrs: blockedCidrs };
        for (const connection of connectionsOf({ ...sample, policies: [...carved, ...uncarved] })) {
          if (!isLetThrough(carved, connection)) continue;
          expect(isLetThrough(uncarved, connection), `only when it is blocked: ${shown(connection)}`).to.equal(true);
          const isAddress = connection.peer.namespace === undefined && connection.direction === 'Egress';
          if (isAddress) expect(isBlocked(blockedCidrs, connection.peer.ip), shown(connection)).to.equal(false);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('leave no empty list of peers, which would mean everybody, where the baseline names some', () => {
    const named: fc.Arbitrary<NetworkSpec> = networkSpec.map((spec) => ({
      ...spec,
      ...(spec.allow === undefined ? {} : { allow: { ...spec.allow, rules: (spec.allow.rules ?? []).map(withPeers) } }),
    }));
    fc.assert(
      fc.property(named, facts, (spec, known) => {
        for (const peers of peerLists(policiesOf(spec, known))) expect(peers).to.be.an('array').that.is.not.empty;
      }),
      { numRuns: 1000 },
    );
  });
});

type Rule = NonNullable<NonNullable<NetworkSpec['allow']>['rules']>[number];

/** The same rule without entries that are for everybody. */
const withPeers = ({ ingress, egress, ...rule }: Rule): Rule => ({
  ...rule,
  ...(ingress === undefined ? {} : { ingress: ingress.filter(({ from }) => from.length > 0) }),
  ...(egress === undefined ? {} : { egress: egress.filter(({ to }) => to.length > 0) }),
});

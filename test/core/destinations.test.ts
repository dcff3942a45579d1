import { expect } from 'chai';
import type { Destination } from '../../src/core/facts/destinations.ts';
import { destinationsOf } from '../../src/core/facts/destinations.ts';

const SERVICE: Destination = { addresses: ['10.96.0.1'], ports: [443] };
const to = (addresses: readonly string[], ...ports: readonly number[]): Destination => ({ addresses, ports });

describe('the destinations of the API server', () => {
  const cases: readonly (readonly [string, readonly Destination[], readonly Destination[]])[] = [
    [
      'are one with the Service’s while slices agree on ports, in whatever order these are',
      [to(['b', 'a'], 6443, 8443), to(['c'], 8443, 6443)],
      [to(['10.96.0.1', 'a', 'b', 'c'], 443, 6443, 8443)],
    ],
    [
      'keep to their own ports when slices differ, and the Service to its own',
      [to(['b', 'a'], 8443), to(['c'], 6443)],
      [to(['10.96.0.1'], 443), to(['c'], 6443), to(['a', 'b'], 8443)],
    ],
    [
      'are one for each set of ports: what slices share with the Service goes with it',
      [to(['a'], 443), to(['b'], 6443), to(['c'], 6443)],
      [to(['10.96.0.1', 'a'], 443), to(['b', 'c'], 6443)],
    ],
    [
      'hold an address once, with the ports of every slice that has it',
      [to(['a', 'b'], 6443), to(['a', 'c'], 8443)],
      [to(['10.96.0.1'], 443), to(['b'], 6443), to(['a'], 6443, 8443), to(['c'], 8443)],
    ],
  ];
  for (const [what, slices, expected] of cases) {
    it(what, () => {
      expect(destinationsOf(SERVICE, slices)).to.deep.equal(expected);
      expect(destinationsOf(SERVICE, slices.toReversed()), 'in any order').to.deep.equal(expected);
    });
  }

  it('leave out a Service without a port of its own where slices differ: no ports would mean all', () => {
    expect(destinationsOf(to(['10.96.0.1']), [to(['a'], 6443), to(['b'], 8443)])).to.deep.equal([
      to(['a'], 6443),
      to(['b'], 8443),
    ]);
  });
});

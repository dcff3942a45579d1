import { expect } from 'chai';
import fc from 'fast-check';
import { allowApiServer } from '../../src/controls/network/allowApiServer.ts';
import { factsOf } from '../../src/core/facts/factsOf.ts';
import { network, onlySpec, viewWith } from '../controls/fixtures.ts';
import { apiServerService, apiServerSlice } from '../core/clusterObjects.ts';
import { projectedIndex } from '../core/projectedIndex.ts';
import { ipOf } from '../support/model/ip.ts';
import type { PolicySpec } from '../support/model/traffic.ts';
import { isLetThrough } from '../support/model/traffic.ts';

const ADDRESSES = ['10.96.0.1', '192.168.0.10', '192.168.0.11', '203.0.113.5', 'fd00::1', 'fd00::a', '2001:db8::1'];
const PORTS = [443, 6443, 8443, 9443];
const NOBODY = ['192.168.0.12', 'fd00::b'];

interface Slice {
  readonly addresses: readonly string[];
  readonly ports: readonly number[];
}

const slice: fc.Arbitrary<Slice> = fc.record({
  addresses: fc.subarray(ADDRESSES, { minLength: 1 }),
  ports: fc.subarray(PORTS, { minLength: 1, maxLength: 2 }),
});
const clusterIPs = fc.subarray(['10.96.0.1', 'fd00::1'], { minLength: 1 });

const POD = { namespace: 'payments', namespaceLabels: {}, labels: {}, ip: ipOf('10.244.0.9'), ports: {} };

/** `address port protocol` of all that the policy lets through, of what there is and of what there is not. */
const letThrough = (spec: PolicySpec): readonly string[] =>
  [...ADDRESSES, ...NOBODY].flatMap((address) =>
    [...PORTS, 22].flatMap((port) =>
      ['TCP', 'UDP']
        .filter((protocol) => {
          const peer = { ip: ipOf(address) };
          return isLetThrough([spec], { direction: 'Egress', pod: POD, peer, protocol, port });
        })
        .map((protocol) => `${address} ${port} ${protocol}`),
    ),
  );

const pairs = ({ addresses, ports }: Slice): readonly string[] =>
  addresses.flatMap((address) => ports.map((port) => `${address} ${port} TCP`));

/** The policy in a cluster with these slices, as an API server would send them. */
function policyOf(service: readonly string[], slices: readonly Slice[]): PolicySpec {
  const objects = slices.map(({ addresses, ports }, index) => ({
    ...apiServerSlice(addresses, index === 0 ? 'kubernetes' : `kubernetes-${index}`),
    ports: ports.map((port) => ({ name: 'https', protocol: 'TCP', port })),
  }));
  const facts = factsOf(projectedIndex([apiServerService(service), ...objects]), undefined, undefined);
  return onlySpec(allowApiServer.build(network({ allow: { apiServer: {} } }), viewWith({ facts })));
}

const hasManyPortSets = (slices: readonly Slice[]): boolean =>
  new Set(slices.map(({ ports }) => ports.join())).size > 1;

describe('the way out to the API server', () => {
  it('THREATS 11: is the addresses of each slice on the ports of that slice, and nothing else, where slices differ', () => {
    const differing = fc.array(slice, { minLength: 2, maxLength: 4 }).filter(hasManyPortSets);
    fc.assert(
      fc.property(clusterIPs, differing, (service, slices) => {
        const spec = policyOf(service, slices);
        const expected = new Set([{ addresses: service, ports: [443] }, ...slices].flatMap(pairs));
        expect(letThrough(spec)).to.have.members([...expected]);
        const portSets = (spec.egress as readonly PolicySpec[]).map(({ ports }) => JSON.stringify(ports));
        expect(portSets, 'one rule for each set of ports').to.deep.equal([...new Set(portSets)]);
        expect(policyOf(service, slices), 'the same again').to.deep.equal(spec);
      }),
      { numRuns: 500 },
    );
  });

  it('is the one rule that it always was while all slices have the same ports, so that an upgrade writes nothing', () => {
    const alike = fc
      .tuple(fc.array(slice, { minLength: 1, maxLength: 3 }), fc.subarray(PORTS, { minLength: 1 }))
      .map(([slices, ports]) => slices.map(({ addresses }) => ({ addresses, ports })));
    fc.assert(
      fc.property(clusterIPs, alike, (service, slices) => {
        const addresses = [...new Set([...service, ...slices.flatMap((one) => one.addresses)])].sort();
        const ports = [...new Set([443, ...slices.flatMap((one) => one.ports)])].sort((a, b) => a - b);
        const to = addresses.map((address) => ({
          ipBlock: { cidr: `${address}/${address.includes(':') ? 128 : 32}` },
        }));
        const rule = { to, ports: ports.map((port) => ({ protocol: 'TCP', port })) };
        const spec = { podSelector: {}, policyTypes: ['Egress'], egress: [rule] };
        expect(JSON.stringify(policyOf(service, slices))).to.equal(JSON.stringify(spec));
      }),
      { numRuns: 500 },
    );
  });
});

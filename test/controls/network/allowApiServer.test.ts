import { expect } from 'chai';
import { allowApiServer } from '../../../src/controls/network/allowApiServer.ts';
import { brief, network, onlySpec, reasons, UNKNOWN, viewWith } from '../fixtures.ts';

const apiServer = network({ allow: { apiServer: {} } });

describe('network.allow-api-server', () => {
  it('allows each address by itself, on the TCP ports', () => {
    expect(allowApiServer.build(apiServer, viewWith())).to.deep.equal({
      wanted: [
        {
          kind: 'NetworkPolicy',
          name: 'drawbridge-allow-api-server',
          body: {
            spec: {
              podSelector: {},
              policyTypes: ['Egress'],
              egress: [
                {
                  to: [
                    { ipBlock: { cidr: '10.96.0.1/32' } },
                    { ipBlock: { cidr: '192.168.0.10/32' } },
                    { ipBlock: { cidr: 'fd00::1/128' } },
                  ],
                  ports: [
                    { protocol: 'TCP', port: 443 },
                    { protocol: 'TCP', port: 6443 },
                  ],
                },
              ],
            },
          },
        },
      ],
      findings: [],
    });
  });

  it('writes the CIDRs and ports of the spec, without the fact when both are there', () => {
    const spec = network({
      allow: { apiServer: { cidrs: ['10.0.0.0/28'], ports: [443] } },
      blockedCidrs: ['10.0.0.4/32'],
    });
    expect(onlySpec(allowApiServer.build(spec, viewWith({ facts: { apiServer: UNKNOWN } })))).to.deep.equal({
      podSelector: {},
      policyTypes: ['Egress'],
      egress: [
        {
          to: [{ ipBlock: { cidr: '10.0.0.0/28', except: ['10.0.0.4/32'] } }],
          ports: [{ protocol: 'TCP', port: 443 }],
        },
      ],
    });
  });

  it('never opens when the addresses are not known: the live object stays', () => {
    for (const allow of [
      { apiServer: {} },
      { apiServer: { ports: [443] } },
      { apiServer: { cidrs: ['10.0.0.0/28'] } },
    ]) {
      const built = allowApiServer.build(network({ allow }), viewWith({ facts: { apiServer: UNKNOWN } }));
      expect(built.wanted).to.deep.equal([]);
      expect(built.kept).to.deep.equal([{ kind: 'NetworkPolicy', name: 'drawbridge-allow-api-server' }]);
      expect(built.findings?.map(brief)).to.deep.equal([
        'unknown/medium ApiServerUnknown NetworkPolicy drawbridge-allow-api-server',
      ]);
    }
  });

  it('keeps the last known addresses and warns', () => {
    const value = { destinations: [{ addresses: ['192.168.0.10'], ports: [6443] }] };
    const facts = { apiServer: { known: true as const, value, stale: 'it vanished' } };
    const built = allowApiServer.build(apiServer, viewWith({ facts }));
    expect(built.wanted).to.have.lengthOf(1);
    expect(reasons(built.findings)).to.deep.equal(['ApiServerFactStale']);
  });

  it('THREATS 11: leaves out addresses inside blockedCidrs, down to a policy that allows nothing', () => {
    const some = allowApiServer.build({ ...apiServer, blockedCidrs: ['192.168.0.0/16'] }, viewWith());
    expect(JSON.stringify(some.wanted)).to.not.include('192.168');
    expect(some.findings?.map(({ message }) => message)).to.deep.equal([
      'Left out of the policy, because blockedCidrs covers it or it cannot be read: 192.168.0.10/32.',
    ]);
    const all = allowApiServer.build({ ...apiServer, blockedCidrs: ['0.0.0.0/0', '::/0'] }, viewWith());
    expect(onlySpec(all)).to.deep.equal({ podSelector: {}, policyTypes: ['Egress'] });
  });

  it('never turns an empty list of ports into all ports', () => {
    const destinations = [{ addresses: ['192.168.0.10'], ports: [] }];
    const facts = { apiServer: { known: true as const, value: { destinations } } };
    expect(onlySpec(allowApiServer.build(apiServer, viewWith({ facts })))).to.not.have.property('egress');
  });
});

import { expect } from 'chai';
import { allowDns } from '../../../src/controls/network/allowDns.ts';
import { brief, network, onlySpec, reasons, UNKNOWN, viewWith } from '../fixtures.ts';

const dns = network({ allow: { dns: {} } });
const DNS_PORTS = [
  { protocol: 'UDP', port: 53 },
  { protocol: 'TCP', port: 53 },
];

describe('network.allow-dns', () => {
  it('allows the pods, the Service and the node-local cache, UDP and TCP, IPv4 and IPv6', () => {
    const built = allowDns.build(dns, viewWith());
    expect(built).to.deep.equal({
      wanted: [
        {
          kind: 'NetworkPolicy',
          name: 'drawbridge-allow-dns',
          body: {
            spec: {
              podSelector: {},
              policyTypes: ['Egress'],
              egress: [
                {
                  to: [
                    {
                      podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
                      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } },
                    },
                    { ipBlock: { cidr: '10.96.0.10/32' } },
                    { ipBlock: { cidr: '169.254.20.10/32' } },
                    { ipBlock: { cidr: 'fd00::a/128' } },
                  ],
                  ports: DNS_PORTS,
                },
              ],
            },
          },
        },
      ],
      findings: [],
    });
  });

  it('adds the ports that DNS has on its pods', () => {
    const facts = {
      dns: {
        known: true as const,
        value: { services: [], addresses: ['10.96.0.10'], ports: [{ protocol: 'UDP' as const, port: 5353 }] },
      },
    };
    expect(onlySpec(allowDns.build(dns, viewWith({ facts }))))
      .to.have.nested.property('egress[0].ports')
      .that.deep.equals([...DNS_PORTS, { protocol: 'UDP', port: 5353 }]);
  });

  it('writes what the spec says instead of what was discovered', () => {
    const spec = network({
      allow: { dns: { to: [{ ipBlock: { cidr: '169.254.169.254/32' } }], ports: [{ port: 53 }] } },
    });
    expect(onlySpec(allowDns.build(spec, viewWith({ facts: { dns: UNKNOWN } })))).to.deep.equal({
      podSelector: {},
      policyTypes: ['Egress'],
      egress: [{ to: [{ ipBlock: { cidr: '169.254.169.254/32' } }], ports: [{ protocol: 'TCP', port: 53 }] }],
    });
  });

  it('needs no discovery when the spec says where to, and has the standard ports then', () => {
    const spec = network({ allow: { dns: { to: [{ ipBlock: { cidr: '192.0.2.53/32' } }] } } });
    const built = allowDns.build(spec, viewWith({ facts: { dns: UNKNOWN } }));
    expect(onlySpec(built)).to.have.nested.property('egress[0].ports').that.deep.equals(DNS_PORTS);
    expect(built.findings).to.deep.equal([]);
  });

  it('keeps the live object and says unknown when DNS is not known', () => {
    const built = allowDns.build(dns, viewWith({ facts: { dns: UNKNOWN } }));
    expect(built.wanted).to.deep.equal([]);
    expect(built.kept).to.deep.equal([{ kind: 'NetworkPolicy', name: 'drawbridge-allow-dns' }]);
    expect(built.findings?.map(brief)).to.deep.equal(['unknown/medium DnsUnknown NetworkPolicy drawbridge-allow-dns']);
  });

  it('keeps the last known value and warns when DNS is no longer known', () => {
    const known = viewWith().facts.dns;
    if (!known.known) throw new Error('unknown');
    const stale = allowDns.build(dns, viewWith({ facts: { dns: { ...known, stale: 'it vanished' } } }));
    expect(stale.wanted).to.deep.equal(allowDns.build(dns, viewWith()).wanted);
    expect(reasons(stale.findings)).to.deep.equal(['DnsFactStale']);
  });

  it('THREATS 7: leaves blocked addresses out, with a finding, and never ends up with an empty list', () => {
    const some = network({ allow: { dns: {} }, blockedCidrs: ['169.254.0.0/16'] });
    const built = allowDns.build(some, viewWith());
    expect(JSON.stringify(built.wanted)).to.not.include('169.254');
    expect(built.findings?.map(brief)).to.deep.equal([
      'warn/low BlockedPeerLeftOut NetworkPolicy drawbridge-allow-dns',
    ]);
    const all = network({
      allow: { dns: { to: [{ ipBlock: { cidr: '10.0.0.0/8' } }] } },
      blockedCidrs: ['10.0.0.0/8'],
    });
    expect(onlySpec(allowDns.build(all, viewWith()))).to.deep.equal({ podSelector: {}, policyTypes: ['Egress'] });
  });

  it('writes nothing when it is not declared, and none that would isolate pods in a direction that is open', () => {
    expect(allowDns.build(network({}), viewWith()).wanted).to.deep.equal([]);
    expect(allowDns.build({ defaultDeny: ['Ingress'], allow: { dns: {} } }, viewWith()).wanted).to.deep.equal([]);
  });
});

import { expect } from 'chai';
import type { IpFamily } from '../support/controlPlane/network.ts';
import { eventually } from '../support/eventually.ts';
import type { AnyObject } from '../support/kubeAdmin.ts';
import { useWorld } from '../support/world.ts';
import { conditionOf, member, shown, untilQuiet, untilReady } from './support/look.ts';
import { DENY, eventsPath, policies } from './support/paths.ts';
import { declare, denyOnly } from './support/spec.ts';
import { dnsService, egressOf, HTTPS, nodeLocalDns, pairsOf, sliceOf } from './supportB/clusterFacts.ts';
import { untilFinding, untilNoFinding } from './supportB/findings.ts';

const DNS = 'drawbridge-allow-dns';
const API = 'drawbridge-allow-api-server';
const NS = 'app';
const ALL = ['TCP/53', 'UDP/53'];

describe('What is known of the cluster', function () {
  this.timeout(60_000);
  const world = useWorld();
  const admin = () => world().admin;
  const policy = (name: string) => admin().find(policies(NS, name));
  const until = (name: string, cidrs: readonly string[], ports: readonly string[]) =>
    eventually(async () => expect(egressOf(await policy(name))).to.deep.equal({ cidrs, ports: ports.toSorted() }));
  const apiPorts = () => ['TCP/443', `TCP/${new URL(world().controlPlane.url).port}`];
  const BASE = ['10.96.0.1/32', '192.0.2.10/32'];

  before(async () => {
    await member(world(), NS, NS);
    await declare(world(), NS, denyOnly({ allow: { dns: {}, apiServer: {} }, blockedCidrs: ['198.51.100.0/24'] }));
  });

  it('is unknown where the cluster has no DNS: no rule is written, the deny is, and the status says Unknown', async () => {
    const finding = await untilFinding(world(), NS, 'DnsUnknown');
    expect(finding).to.deep.include({ result: 'unknown', object: `NetworkPolicy ${NS}/${DNS}` });
    await untilReady(world(), NS, 1);
    expect((await policy(DENY))?.spec.policyTypes).to.have.lengthOf(2);
    expect(await policy(DNS)).to.equal(undefined);
    const { status } = await world().baseline(NS);
    expect(status.namespaces).to.deep.include({ governed: 1, unknown: 1 });
    expect(conditionOf(await world().baseline(NS), 'Compliant')).to.deep.include({
      status: 'Unknown',
      reason: 'DnsUnknown',
    });
  });

  it('DNS that appears is allowed: its pods, its Service, its node-local cache', async () => {
    await admin().create(dnsService('10.96.0.10'));
    await until(DNS, ['10.96.0.10/32'], ALL);
    await untilNoFinding(world(), NS);
    const [selected] = (await policy(DNS))?.spec.egress[0].to ?? [];
    expect(selected).to.deep.equal({
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } },
      podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
    });
    await admin().create(nodeLocalDns('169.254.20.10,10.96.0.10'));
    await until(DNS, ['10.96.0.10/32', '169.254.20.10/32'], ALL);
    await admin().delete(nodeLocalDns(''));
    await until(DNS, ['10.96.0.10/32'], ALL);
  });

  it('DNS that changes its ports or its address is followed in place', async () => {
    const ports = [{ name: 'dns', protocol: 'UDP', port: 53, targetPort: 5353 }];
    await admin().patch('/api/v1/namespaces/kube-system/services/kube-dns', { spec: { ports } });
    await until(DNS, ['10.96.0.10/32'], [...ALL, 'UDP/5353']);
    const slice = sliceOf(
      'kube-dns',
      'kube-system',
      'kube-dns-x',
      ['10.1.2.3'],
      [{ name: 'dns', protocol: 'UDP', port: 8053 }],
    );
    await admin().create(slice);
    await until(DNS, ['10.96.0.10/32'], [...ALL, 'UDP/5353', 'UDP/8053']);
    await admin().delete(slice);
    await until(DNS, ['10.96.0.10/32'], [...ALL, 'UDP/5353']);
    const { uid } = (await policy(DNS))?.metadata ?? {};
    await admin().delete(dnsService(''));
    await admin().create(dnsService('10.96.0.77'));
    await until(DNS, ['10.96.0.77/32'], ALL);
    expect((await policy(DNS))?.metadata.uid).to.equal(uid);
    await untilNoFinding(world(), NS);
    expect(await world().operator().metric('drawbridge_drift_detected_total')).to.equal(0);
  });

  it('DNS that goes leaves the rule as it was, with a finding, and it is still repaired', async () => {
    await untilQuiet(world());
    const before = await policy(DNS);
    await admin().delete(dnsService(''));
    expect(await untilFinding(world(), NS, 'DnsFactStale')).to.deep.include({ result: 'warn' });
    expect(await policy(DNS)).to.deep.equal(before);
    await admin().patch(policies(NS, DNS), { spec: { egress: [{}] } });
    await until(DNS, ['10.96.0.77/32'], ALL);
    await admin().delete(policies(NS, DNS));
    await until(DNS, ['10.96.0.77/32'], ALL);
  });

  it('DNS that is unknown to a new process leaves the rule as it is; widened by others it is a critical finding', async () => {
    await untilQuiet(world());
    const before = await policy(DNS);
    await world().restartOperator();
    await untilFinding(world(), NS, 'DnsUnknown');
    expect(await policy(DNS)).to.deep.equal(before);
    await admin().patch(policies(NS, DNS), { spec: { egress: [{}] } });
    const finding = await untilFinding(world(), NS, 'ForeignPolicyOpensNamespace');
    expect(finding).to.deep.include({ severity: 'critical', object: `NetworkPolicy ${NS}/${DNS}` });
    await admin().create(dnsService('10.96.0.10'));
    await until(DNS, ['10.96.0.10/32'], ALL);
    await untilNoFinding(world(), NS);
  });

  it('THREATS 11: an address of the API server that another slice adds is followed, told, and let go with it', async () => {
    await until(API, BASE, apiPorts());
    const slice = sliceOf('kubernetes', 'default', 'kubernetes-more', ['203.0.113.5'], HTTPS);
    await admin().create(slice);
    await until(API, [...BASE, '203.0.113.5/32'], [...apiPorts(), 'TCP/6443']);
    const [service, server] = apiPorts();
    const pairs = (await policy(API))?.spec.egress.flatMap((rule: AnyObject) => pairsOf(rule));
    expect(pairs, 'each on its own port').to.have.members([
      `10.96.0.1/32 ${service}`,
      `192.0.2.10/32 ${server}`,
      '203.0.113.5/32 TCP/6443',
    ]);
    await eventually(async () => {
      const events = await admin().list(eventsPath('default'));
      const told = events.filter(({ reason }) => reason === 'ApiServerAddressFollowed');
      expect(told.map(({ regarding }) => regarding.name)).to.deep.equal(['kubernetes-more']);
    });
    await admin().delete(slice);
    await until(API, BASE, apiPorts());
  });

  it('THREATS 11: what is no address of the API server is not followed', async () => {
    await untilQuiet(world());
    const mark = await world().mark();
    const make = (name: string, addresses: readonly string[], ports: readonly unknown[] = HTTPS, type = 'IPv4') =>
      admin().create(sliceOf('kubernetes', 'default', name, addresses, ports, type));
    await make('other-port', ['203.0.113.6'], [{ name: 'http', protocol: 'TCP', port: 80 }]);
    await make('names', ['metadata.example.com'], HTTPS, 'FQDN');
    const refused = await admin().request(
      'POST',
      '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices',
      sliceOf('kubernetes', 'default', 'link-local', ['169.254.169.254'], HTTPS),
    );
    expect(refused.status).to.equal(422);
    await admin().create(sliceOf('kubernetes', NS, 'elsewhere', ['203.0.113.7'], HTTPS));
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(egressOf(await policy(API)).cidrs).to.deep.equal(BASE);
    const writes = await world().writesSince(mark, { resources: ['networkpolicies'] });
    expect(writes.filter(({ name }) => name !== API).length, shown(writes).join('; ')).to.equal(0);
    for (const name of ['other-port', 'names']) {
      await admin().delete(`/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/${name}`);
    }
    await until(API, BASE, apiPorts());
  });

  it('THREATS 11: an address within blockedCidrs is left out with a finding, and the rule never becomes wider', async () => {
    const slice = sliceOf('kubernetes', 'default', 'blocked', ['198.51.100.9'], HTTPS);
    await admin().create(slice);
    expect((await untilFinding(world(), NS, 'BlockedPeerLeftOut')).message).to.contain('198.51.100.9');
    expect(egressOf(await policy(API)).cidrs).to.deep.equal(BASE);
    await admin().delete(slice);
    await untilNoFinding(world(), NS);
  });

  it('THREATS 11: more than 64 addresses are not followed: the last known set stays', async () => {
    await untilQuiet(world());
    const many = Array.from({ length: 70 }, (_, index) => `203.0.113.${index + 1}`);
    const slice = sliceOf('kubernetes', 'default', 'many', many, HTTPS);
    const { resourceVersion } = (await policy(API))?.metadata ?? {};
    await admin().create(slice);
    const finding = await untilFinding(world(), NS, 'ApiServerFactStale');
    expect(finding.message).to.contain('72 addresses, more than the 64');
    expect((await policy(API))?.metadata.resourceVersion).to.equal(resourceVersion);
    await admin().delete(policies(NS, API));
    await until(API, BASE, apiPorts());
    await admin().delete(slice);
    await untilNoFinding(world(), NS);
  });
});

for (const [ipFamily, cidrs] of [
  ['ipv6', ['2001:db8::10/128', 'fd00:10:96::1/128']],
  ['dual', ['10.96.0.1/32', '192.0.2.10/32']],
] as readonly (readonly [IpFamily, readonly string[]])[]) {
  describe(`What is known of a cluster of family ${ipFamily}`, function () {
    this.timeout(60_000);
    const world = useWorld({ controlPlane: { ipFamily } });
    const cidrsOf = async (name: string): Promise<readonly string[]> =>
      egressOf((await world().admin.find(policies(NS, name))) as AnyObject).cidrs;

    it('is allowed by host blocks of the address’s family', async () => {
      await member(world(), NS, NS);
      await declare(world(), NS, denyOnly({ allow: { dns: {}, apiServer: {} } }));
      await eventually(async () => expect(await cidrsOf(API)).to.deep.equal(cidrs));
      const service = dnsService('');
      const families = { ipFamilyPolicy: 'PreferDualStack' };
      await world().admin.create({
        ...service,
        spec: { ...(service.spec as object), clusterIP: undefined, ...(ipFamily === 'dual' ? families : {}) },
      });
      const { spec } = await world().admin.get('/api/v1/namespaces/kube-system/services/kube-dns');
      expect(spec.clusterIPs).to.have.lengthOf(ipFamily === 'dual' ? 2 : 1);
      const hosts = spec.clusterIPs.map((address: string) => `${address}/${address.includes(':') ? 128 : 32}`);
      await eventually(async () => expect(await cidrsOf(DNS)).to.deep.equal(hosts.toSorted()));
      await world().admin.create(sliceOf('kubernetes', 'default', 'more', ['2001:db8::99'], HTTPS, 'IPv6'));
      await eventually(async () => expect(await cidrsOf(API)).to.deep.equal([...cidrs, '2001:db8::99/128'].toSorted()));
      await untilReady(world(), NS, 1);
    });
  });
}

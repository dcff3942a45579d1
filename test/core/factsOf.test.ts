import { expect } from 'chai';
import type { Facts } from '../../src/core/facts/facts.ts';
import { FACT_NAMES, factNamesChanged, factsOf } from '../../src/core/facts/factsOf.ts';
import type { KubeObject } from '../../src/k8s/object.ts';
import {
  apiServerService,
  apiServerSlice,
  dnsService,
  dnsSlice,
  grantableRole,
  nodeLocalDns,
} from './clusterObjects.ts';
import { projectedIndex } from './projectedIndex.ts';

const facts = (objects: readonly KubeObject[], previous?: Facts, served?: readonly string[]): Facts =>
  factsOf(projectedIndex(objects), served, previous);

const apiServer = (...objects: readonly KubeObject[]) => facts(objects).apiServer;
const dns = (...objects: readonly KubeObject[]) => facts(objects).dns;
const CLUSTER = [apiServerService(), apiServerSlice(), dnsService(), grantableRole([])];

describe('the fact apiServer', () => {
  it('is the addresses and https ports of endpoints and Service, IPv4 and IPv6', () => {
    expect(
      apiServer(apiServerService(['10.96.0.1', 'fd00::1']), apiServerSlice(['192.168.0.11', '192.168.0.10'])),
    ).to.deep.equal({
      known: true,
      value: {
        destinations: [{ addresses: ['10.96.0.1', '192.168.0.10', '192.168.0.11', 'fd00::1'], ports: [443, 6443] }],
      },
    });
  });

  it('is unknown without a slice or without the Service', () => {
    expect(apiServer(apiServerService())).to.deep.equal({
      known: false,
      why: 'no EndpointSlice of default/kubernetes has a port named https',
    });
    expect(apiServer(apiServerSlice())).to.deep.equal({
      known: false,
      why: 'the Service default/kubernetes is not there',
    });
  });

  it('THREATS 11: has only ports named https', () => {
    const slice = {
      ...apiServerSlice(),
      ports: [
        { name: 'https', port: 6443 },
        { name: 'ssh', port: 22 },
      ],
    };
    expect(apiServer(apiServerService(), slice))
      .to.have.nested.property('value.destinations[0].ports')
      .that.deep.equals([443, 6443]);
    expect(apiServer(apiServerService(), { ...slice, ports: [{ name: 'ssh', port: 22 }] }).known).to.equal(false);
  });

  it('THREATS 11: has only addresses that an API server can have', () => {
    const bad = [
      '169.254.169.254',
      '127.0.0.1',
      '0.0.0.0',
      '224.0.0.1',
      '::ffff:10.0.0.9',
      'api.example.org',
      '010.0.0.1',
    ];
    expect(apiServer(apiServerService(), apiServerSlice([...bad, '192.168.0.10'])))
      .to.have.nested.property('value.destinations[0].addresses')
      .that.deep.equals(['10.96.0.1', '192.168.0.10']);
    expect(apiServer(apiServerService(), apiServerSlice(bad)).known).to.equal(false);
  });

  it('THREATS 11: is the last known set beyond 64 addresses', () => {
    const before = facts([apiServerService(), apiServerSlice()]);
    const many = Array.from({ length: 64 }, (_, i) => `192.168.1.${i}`);
    expect(facts([apiServerService(), apiServerSlice(many)], before).apiServer).to.deep.equal({
      ...before.apiServer,
      stale: 'the API server has 65 addresses, more than the 64 that are followed',
    });
  });

  it('THREATS 11: follows other slices of its Service and names them', () => {
    expect(
      apiServer(apiServerService(), apiServerSlice(), apiServerSlice(['192.168.0.99'], 'kubernetes-extra')),
    ).to.deep.equal({
      known: true,
      value: {
        destinations: [{ addresses: ['10.96.0.1', '192.168.0.10', '192.168.0.99'], ports: [443, 6443] }],
        otherSlices: ['kubernetes-extra'],
      },
    });
  });

  it('ignores a Service of the same name in a namespace of somebody', () => {
    const mine = apiServerSlice(['192.168.0.66']);
    const theirs = { ...mine, metadata: { ...mine.metadata, namespace: 'payments' } };
    expect(apiServer(apiServerService(), theirs).known).to.equal(false);
  });
});

describe('the fact dns', () => {
  it('THREATS 11: is no Service of others, whatever port it has', () => {
    const others = [
      dnsService({}, { name: 'cache', labels: {} }),
      dnsService({}, { name: 'kube-dns', namespace: 'payments' }),
      dnsService({}, { name: 'kube-dns', namespace: 'openshift-dns', labels: { 'k8s-app': 'kube-dns' } }),
    ];
    expect(dns(...others)).to.deep.equal({
      known: false,
      why: 'no Service of the cluster DNS with port 53 was found',
    });
  });

  it('is the pods, addresses and ports of the cluster DNS', () => {
    expect(dns(dnsService(), dnsSlice(['10.244.0.3'], 53))).to.deep.equal({
      known: true,
      value: {
        services: [
          { namespace: 'kube-system', name: 'kube-dns', podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } } },
        ],
        addresses: ['10.96.0.10'],
        ports: [
          { protocol: 'TCP', port: 53 },
          { protocol: 'UDP', port: 53 },
        ],
      },
    });
  });

  it('has the ports on the pods where they differ, as on OpenShift and Gardener, and no metrics', () => {
    const openshift = dnsService(
      {
        ports: [
          { name: 'dns', protocol: 'UDP', port: 53, targetPort: 'dns' },
          { name: 'dns-tcp', protocol: 'TCP', port: 53, targetPort: 'dns-tcp' },
        ],
      },
      { namespace: 'openshift-dns', name: 'dns-default', labels: {} },
    );
    const slice = dnsSlice(['10.128.0.3'], 5353, {
      namespace: 'openshift-dns',
      labels: { 'kubernetes.io/service-name': 'dns-default' },
    });
    expect(dns(openshift, slice))
      .to.have.nested.property('value.ports')
      .that.deep.equals([
        { protocol: 'TCP', port: 53 },
        { protocol: 'UDP', port: 53 },
        { protocol: 'TCP', port: 5353 },
        { protocol: 'UDP', port: 5353 },
      ]);
    const gardener = dnsService({ ports: [{ name: 'dns', protocol: 'UDP', port: 53, targetPort: 8053 }] });
    expect(dns(gardener))
      .to.have.nested.property('value.ports')
      .that.deep.equals([
        { protocol: 'UDP', port: 53 },
        { protocol: 'UDP', port: 8053 },
      ]);
  });

  it('has the addresses of node-local caches, IPv6 too', () => {
    const both = dnsService({ clusterIPs: ['10.96.0.10', 'fd00:10:96::a'] });
    expect(dns(both, nodeLocalDns(['-localip', '169.254.20.10,10.96.0.10,fd00::10'])))
      .to.have.nested.property('value.addresses')
      .that.deep.equals(['10.96.0.10', '169.254.20.10', 'fd00:10:96::a', 'fd00::10']);
  });

  it('has the endpoints of a Service that selects no pods, and only then', () => {
    const { selector: _selector, ...spec } = dnsService().spec as Record<string, unknown>;
    expect(dns({ ...dnsService(), spec }, dnsSlice(['192.0.2.53'], 53)))
      .to.deep.include({ known: true })
      .and.to.have.property('value')
      .that.deep.includes({
        services: [{ namespace: 'kube-system', name: 'kube-dns' }],
        addresses: ['10.96.0.10', '192.0.2.53'],
      });
  });

  it('is the last known set beyond 64 addresses', () => {
    const before = facts([dnsService()]);
    const many = Array.from({ length: 65 }, (_, i) => `169.254.20.${i}`).join(',');
    const after = facts([dnsService(), nodeLocalDns(['-localip', many])], before).dns;
    expect(after).to.deep.equal({
      ...before.dns,
      stale: 'the cluster DNS has 66 addresses, more than the 64 that are followed',
    });
  });

  it('has each of several Services, in one order', () => {
    const upstream = dnsService({ clusterIPs: ['10.96.0.11'] }, { name: 'kube-dns-upstream' });
    const [one, other] = [dns(dnsService(), upstream), dns(upstream, dnsService())];
    expect(one).to.deep.equal(other).and.to.have.nested.property('value.services.length', 2);
  });

  it('is unknown without a Service that has port 53', () => {
    expect(dns(apiServerService()).known).to.equal(false);
    expect(dns(dnsService({ ports: [{ name: 'metrics', protocol: 'TCP', port: 9153 }] })).known).to.equal(false);
    expect(dns(nodeLocalDns(['-localip', '169.254.20.10'])).known).to.equal(false);
  });
});

describe('the fact grantable', () => {
  it('is the rules of the aggregated ClusterRole, and unknown without it', () => {
    const rule = { apiGroups: [''], resources: ['pods'], verbs: ['get'], resourceNames: [], nonResourceURLs: [] };
    expect(facts([grantableRole([{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }])]).grantable).to.deep.equal({
      known: true,
      value: [rule],
    });
    expect(facts([]).grantable.known).to.equal(false);
  });
});

describe('the fact otherPolicyApis', () => {
  it('is what is served of the policy APIs that are not read', () => {
    expect(facts([], undefined, ['apps', 'cilium.io', 'crd.projectcalico.org']).otherPolicyApis).to.deep.equal({
      known: true,
      value: ['cilium.io', 'crd.projectcalico.org'],
    });
    expect(facts([], undefined, ['apps', 'networking.k8s.io']).otherPolicyApis).to.deep.equal({
      known: true,
      value: [],
    });
    expect(facts([]).otherPolicyApis.known).to.equal(false);
  });
});

describe('the fact callbacks', () => {
  const service = (namespace: string, name: string, port?: number) => ({ namespace, name, ...(port ? { port } : {}) });
  const webhooks = (kind: string, ...clients: readonly object[]): KubeObject => ({
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind,
    metadata: { name: 'policies' },
    webhooks: clients,
  });
  const hook = (of: object, failurePolicy = 'Fail') => ({
    clientConfig: { service: of, caBundle: 'x' },
    failurePolicy,
  });
  const apiService = (name: string, spec: object): KubeObject => ({
    apiVersion: 'apiregistration.k8s.io/v1',
    kind: 'APIService',
    metadata: { name },
    spec,
  });
  const crd = (conversion: object): KubeObject => ({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'things.example.org' },
    spec: { conversion },
  });

  it('is every Service that the API server calls, each port once, with who has it called', () => {
    const { callbacks } = facts([
      webhooks('ValidatingWebhookConfiguration', hook(service('a', 'hooks'), 'Ignore'), hook(service('a', 'hooks'))),
      webhooks('MutatingWebhookConfiguration', hook(service('a', 'hooks'), 'Ignore'), hook(service('b', 'm', 8443))),
      apiService('v1beta1.metrics', { service: service('a', 'adapter', 6443) }),
      apiService('v1.', {}),
      crd({ strategy: 'Webhook', webhook: { clientConfig: { service: service('a', 'convert') } } }),
      { ...crd({ strategy: 'None' }), metadata: { name: 'others.example.org' } },
      webhooks('ValidatingWebhookConfiguration', { clientConfig: { url: 'https://elsewhere.example.org' } }),
    ]);
    expect(callbacks).to.deep.equal({
      known: true,
      value: {
        a: [
          { service: 'adapter', port: 6443, callers: ['APIService v1beta1.metrics'], failsClosed: true },
          {
            service: 'convert',
            port: 443,
            callers: ['CustomResourceDefinition things.example.org'],
            failsClosed: true,
          },
          {
            service: 'hooks',
            port: 443,
            callers: ['MutatingWebhookConfiguration policies', 'ValidatingWebhookConfiguration policies'],
            failsClosed: true,
          },
        ],
        b: [{ service: 'm', port: 8443, callers: ['MutatingWebhookConfiguration policies'], failsClosed: true }],
      },
    });
  });

  it('says who fails closed, and stays the same when a certificate is renewed', () => {
    const lax = webhooks('ValidatingWebhookConfiguration', hook(service('a', 'hooks'), 'Ignore'));
    const before = facts([lax]);
    expect(before.callbacks).to.have.nested.property('value.a[0].failsClosed', false);
    const renewed = structuredClone(lax) as { webhooks: { clientConfig: { caBundle: string } }[] } & KubeObject;
    for (const webhook of renewed.webhooks) webhook.clientConfig.caBundle = 'y';
    expect(facts([renewed], before).callbacks).to.equal(before.callbacks);
  });
});

describe('facts over time', () => {
  it('keep their identity while they say the same', () => {
    const before = facts(CLUSTER, undefined, ['apps']);
    const after = facts(structuredClone(CLUSTER), before, ['apps', 'batch']);
    expect(factNamesChanged(before, after)).to.deep.equal([]);
    expect(factNamesChanged(undefined, after)).to.deep.equal(FACT_NAMES);
    const moved = facts(
      [apiServerService(), apiServerSlice(['192.168.0.12']), dnsService(), grantableRole([])],
      after,
      ['apps'],
    );
    expect(factNamesChanged(after, moved)).to.deep.equal(['apiServer']);
  });

  it('keep the last known value when they become unknown, and say why', () => {
    const before = facts(CLUSTER, undefined, ['cilium.io']);
    const gone = facts([], before);
    for (const name of ['apiServer', 'dns', 'grantable', 'clusterRoles', 'otherPolicyApis'] as const) {
      const [then, now] = [before[name], gone[name]];
      if (!then.known || !now.known) throw new Error(`${name} is unknown`);
      expect(now.value).to.equal(then.value);
      expect(now.stale).to.be.a('string');
    }
    expect(factNamesChanged(gone, facts([], gone))).to.deep.equal([]);
    expect(facts(CLUSTER, gone, ['cilium.io'])).to.deep.equal(before);
  });

  it('are unknown, not empty, when they never were known', () => {
    // That the API server calls nothing is no gap: its callers are all there is to know.
    const { callbacks, ...others } = facts([]);
    for (const fact of Object.values(others)) expect(fact).to.have.property('known', false);
    expect(callbacks).to.deep.equal({ known: true, value: {} });
  });
});

import { expect } from 'chai';
import fc from 'fast-check';
import { KINDS, kindRow } from '../../src/core/kinds/kinds.ts';
import type { OversizedBody, ServiceBody, WholeBody } from '../../src/core/model/bodies.ts';
import type { Projection } from '../../src/k8s/entry.ts';
import type { KubeObject } from '../../src/k8s/object.ts';
import { dnsService, nodeLocalDns } from './clusterObjects.ts';

const project = (raw: KubeObject, bytes = 1000): Projection | undefined => kindRow(raw.kind).project(raw, bytes);

const policy = (name: string, spec: unknown, metadata: object = {}): KubeObject => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name, namespace: 'payments', ...metadata },
  spec,
});

describe('the rows of kinds', () => {
  it('are one a kind, and a kind without one is a mistake in the program', () => {
    expect(new Set(KINDS.map(({ kind }) => kind)).size).to.equal(KINDS.length);
    expect(() => kindRow('Secret')).to.throw('core/kinds/kinds.ts has no row for kind Secret');
  });

  it('never throw, whatever JSON a server or a file holds', () => {
    const field = fc.constantFrom(
      ...['apiVersion', 'metadata', 'spec', 'rules', 'endpoints', 'ports', 'status'],
      ...['roleRef', 'subjects', 'aggregationRule'],
    );
    const objects = fc.oneof(
      fc.jsonValue(),
      fc.dictionary(field, fc.jsonValue()),
      fc.record({
        metadata: fc.record({
          name: fc.constantFrom('drawbridge-x', 'drawbridge', 'kubernetes', 'kube-dns'),
          namespace: fc.constantFrom('default', 'kube-system', ''),
          labels: fc.jsonValue(),
          annotations: fc.jsonValue(),
        }),
        spec: fc.dictionary(
          fc.constantFrom('ingress', 'egress', 'policyTypes', 'ports', 'selector', 'clusterIPs', 'template'),
          fc.jsonValue(),
        ),
        rules: fc.oneof(
          fc.jsonValue(),
          fc.array(fc.dictionary(fc.constantFrom('verbs', 'resources', 'apiGroups'), fc.jsonValue())),
        ),
        subjects: fc.array(fc.jsonValue()),
        aggregationRule: fc.dictionary(fc.constant('clusterRoleSelectors'), fc.jsonValue()),
        endpoints: fc.jsonValue(),
      }),
    );
    fc.assert(
      fc.property(objects, fc.constantFrom(...KINDS), (raw, row) => {
        row.project(raw as unknown as KubeObject, 100);
      }),
      { numRuns: 3000 },
    );
  });
});

describe('objects under the reserved prefix', () => {
  it('are kept whole outside apiVersion, kind, metadata and status, with their annotations', () => {
    const kept = project({
      ...policy('drawbridge-x', { podSelector: {} }, { annotations: { a: 'b' } }),
      status: {},
      extra: 1,
    });
    expect(kept).to.deep.equal({
      body: { whole: { spec: { podSelector: {} }, extra: 1 } },
      annotations: { a: 'b' },
      labels: {},
    });
  });

  it('keep at most 16 KiB of annotations, always the same ones', () => {
    const annotations = { a: 'x'.repeat(10_000), b: 'y'.repeat(10_000), c: 'z' };
    const kept = project(policy('drawbridge-x', {}, { annotations }));
    expect(Object.keys(kept?.annotations ?? {})).to.deep.equal(['a', 'c']);
  });

  it('keep at most 16 KiB of labels, ours before all others', () => {
    const labels = { a: 'x'.repeat(10_000), b: 'y'.repeat(10_000), 'drawbridge.dev/baseline': 'restricted' };
    const kept = project(policy('drawbridge-x', {}, { labels }));
    expect(Object.keys(kept?.labels ?? {})).to.deep.equal(['drawbridge.dev/baseline', 'a']);
  });

  it('are reduced to their size when their body is above 64 KiB, whatever labels and annotations weigh', () => {
    const large = { podSelector: {}, x: 'y'.repeat(65_536) };
    expect(project(policy('drawbridge-x', large), 70_000)?.body as OversizedBody).to.deep.equal({
      oversizedBytes: 70_000,
    });
    expect(project(policy('drawbridge-x', { podSelector: {} }), 500_000)?.body as WholeBody).to.have.property('whole');
  });

  it('are all that is kept of Roles and RoleBindings', () => {
    const role = (name: string): KubeObject => ({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata: { name },
      rules: [],
    });
    expect(project(role('drawbridge-viewer'))).to.deep.equal({
      body: { whole: { rules: [] } },
      annotations: {},
      labels: {},
    });
    expect(project(role('viewer'))).to.equal(undefined);
  });
});

describe('THREATS 6: Roles and bindings of others', () => {
  const RBAC = 'rbac.authorization.k8s.io';
  const meta = { name: 'theirs', labels: { a: 'b' } };
  const rbac = (kind: string, rest: object): KubeObject => ({
    apiVersion: `${RBAC}/v1`,
    kind,
    metadata: meta,
    ...rest,
  });
  const secrets = { apiGroups: [''], resources: ['secrets'], verbs: ['get'] };

  it('are reduced to what they grant and to whom, without labels', () => {
    expect(project(rbac('Role', { rules: [secrets] }))).to.deep.equal({
      body: { rights: ['secrets-read'] },
      labels: {},
      hashed: true,
    });
    expect(project(rbac('Role', { rules: [{ ...secrets, resources: ['pods'] }] }))).to.equal(undefined);
    const subjects = [
      { kind: 'Group', apiGroup: RBAC, name: 'team-a' },
      { kind: 'Group', apiGroup: RBAC, name: 'system:authenticated' },
      { kind: 'ServiceAccount', namespace: 'kube-system', name: 'x' },
    ];
    for (const kind of ['RoleBinding', 'ClusterRoleBinding']) {
      expect(
        project(rbac(kind, { roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: 'ops' }, subjects })),
      ).to.deep.equal({
        body: {
          roleRef: { kind: 'ClusterRole', name: 'ops' },
          subjects: { named: ['Group team-a'], more: 0, everybody: ['system:authenticated'] },
        },
        labels: {},
        // Whether it is still what was waived, only what is in a namespace is asked.
        ...(kind === 'RoleBinding' ? { hashed: true } : {}),
      });
    }
  });

  it('are not looked at above 256 KiB', () => {
    const large = 256 * 1024 + 1;
    expect(project(rbac('Role', { rules: [secrets] }), large)?.body).to.deep.equal({ rights: [], tooLarge: true });
    expect(project(rbac('RoleBinding', { subjects: [{ kind: 'User', name: 'eve' }] }), large)?.body).to.deep.include({
      subjects: { named: [], more: 0, everybody: [] },
      tooLarge: true,
    });
    expect(project(rbac('ClusterRole', { rules: [secrets] }), large)?.body).to.have.property('tooLarge', true);
  });
});

describe('THREATS 6: NetworkPolicies of others', () => {
  it('are reduced to where they reach', () => {
    const kept = project(
      policy('theirs', { podSelector: {}, ingress: [{ from: [{ ipBlock: { cidr: '10.0.0.0/8' } }] }] }),
    );
    expect(kept?.body).to.deep.equal({
      ingress: { anywhere: false, allNamespaces: false, v4: '0a0000000affffff', v6: '' },
      selector: {},
    });
  });

  it('keep the pods that they select, unless that is a flood, and whether they let pods ask for names', () => {
    const bodyOf = (spec: object) => project(policy('theirs', spec))?.body;
    const podSelector = { matchLabels: { app: 'web' }, matchExpressions: [{ key: 'x', operator: 'Exists' }] };
    expect(bodyOf({ podSelector }))
      .to.have.property('selector')
      .that.deep.equals({
        matchLabels: { app: 'web' },
        matchExpressions: [{ key: 'x', operator: 'Exists', values: [] }],
      });
    expect(bodyOf({ podSelector: { matchLabels: { a: 'x'.repeat(3000) } } })).to.not.have.property('selector');
    const dns = (ports: readonly object[]) => bodyOf({ podSelector: {}, egress: [{ to: [], ports }] });
    for (const ports of [[], [{ port: 53, protocol: 'UDP' }], [{ port: 'dns' }], [{ port: 1, endPort: 99 }], [{}]])
      expect(dns(ports), JSON.stringify(ports)).to.have.property('dns', true);
    for (const ports of [[{ port: 443 }], [{ port: 54, endPort: 99 }], [{ port: 53, protocol: 'SCTP' }]])
      expect(dns(ports), JSON.stringify(ports)).to.not.have.property('dns');
  });

  it('keep none of their labels, which may weigh a megabyte', () => {
    expect(project(policy('theirs', {}, { labels: { a: 'b' } }))?.labels).to.deep.equal({});
  });

  it('are too large to judge above 256 KiB', () => {
    expect(project(policy('theirs', { ingress: [{}] }), 262_145)?.body).to.deep.equal({ tooLarge: true });
  });

  it('are too large to judge above 1,024 intervals', () => {
    const from = (count: number) =>
      Array.from({ length: count }, (_, i) => ({ ipBlock: { cidr: `10.${i >> 7}.${(i & 127) * 2}.0/24` } }));
    expect(project(policy('theirs', { ingress: [{ from: from(1024) }] }))?.body).to.not.have.property('tooLarge');
    expect(project(policy('theirs', { ingress: [{ from: from(1025) }] }))?.body).to.deep.equal({ tooLarge: true });
  });
});

describe('objects that facts are read from', () => {
  it('are the addresses of the API server and the cluster DNS, and of no other Service', () => {
    expect(project(dnsService())?.body).to.deep.equal({
      clusterIPs: ['10.96.0.10'],
      selector: { 'k8s-app': 'kube-dns' },
      ports: [
        { name: 'dns', protocol: 'UDP', port: 53, targetPort: 53 },
        { name: 'dns-tcp', protocol: 'TCP', port: 53, targetPort: 53 },
        { name: 'metrics', protocol: 'TCP', port: 9153, targetPort: 9153 },
      ],
    });
    const addressesOf = (meta: object) => (project(dnsService({}, meta)) as Projection<ServiceBody>).body.clusterIPs;
    expect(addressesOf({ namespace: 'payments' })).to.deep.equal([]);
    expect(addressesOf({ name: 'web', labels: {} })).to.deep.equal([]);
    expect(addressesOf({ name: 'addon-dns' }), 'by its label').to.deep.equal(['10.96.0.10']);
    expect(project(dnsService({ clusterIPs: ['None'] }))?.body).to.have.property('clusterIPs').that.is.empty;
  });

  it('are of other Services which pods serve which port, and no label of theirs', () => {
    const web = (spec: object): KubeObject => ({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web', namespace: 'payments', labels: { a: 'b' } },
      spec,
    });
    const ports = [{ name: 'https', port: 443, targetPort: 'webhook' }, { port: 80 }];
    expect(project(web({ clusterIP: '10.96.0.9', selector: { app: 'web' }, ports }))).to.deep.equal({
      body: {
        clusterIPs: [],
        selector: { app: 'web' },
        ports: [
          { name: 'https', protocol: 'TCP', port: 443, targetPort: 'webhook' },
          { name: '', protocol: 'TCP', port: 80 },
        ],
      },
      labels: {},
    });
    expect(project(web({ type: 'ExternalName', externalName: 'example.org' }))?.body).to.have.property(
      'external',
      true,
    );
    const flood = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`label-${i}`, 'x'.repeat(63)]));
    expect(project(web({ selector: flood })), 'too large to be anybody’s (THREATS 6)').to.equal(undefined);
  });

  it('are node-local caches in kube-system, in every form of their flag', () => {
    const addresses = (args: readonly string[]) =>
      (project(nodeLocalDns(args))?.body as { localDns?: unknown })?.localDns;
    expect(addresses(['-localip', '169.254.20.10,10.96.0.10', '-conf', '/etc/Corefile'])).to.deep.equal([
      '169.254.20.10',
      '10.96.0.10',
    ]);
    expect(addresses(['-localip=169.254.25.10'])).to.deep.equal(['169.254.25.10']);
    expect(addresses(['--localip=fd00::10'])).to.deep.equal(['fd00::10']);
    expect(addresses(['-localip'])).to.equal(undefined);
    expect(addresses(['-localipx=1.2.3.4'])).to.equal(undefined);
    const elsewhere = project(nodeLocalDns(['-localip', '169.254.20.10'], 'payments'));
    expect(elsewhere?.body).to.not.have.property('localDns');
  });

  it('are reports of the one name only', () => {
    const report = { apiVersion: 'drawbridge.dev/v1alpha1', kind: 'BaselineReport', state: 'Compliant' };
    expect(project({ ...report, metadata: { name: 'drawbridge' } })?.body).to.deep.equal({
      report: { state: 'Compliant' },
    });
    expect(project({ ...report, metadata: { name: 'mine' } })).to.equal(undefined);
  });

  it('are baselines with what governing them needs', () => {
    const spec = { enforcement: 'Audit', namespaceSelector: { matchLabels: {} } };
    const metadata = { name: 'restricted', generation: 3, creationTimestamp: '2026-01-02T03:04:05Z' };
    expect(
      project({ apiVersion: 'drawbridge.dev/v1alpha1', kind: 'SecurityBaseline', metadata, spec })?.body,
    ).to.deep.equal({
      generation: 3,
      createdAt: '2026-01-02T03:04:05Z',
      spec,
      status: undefined,
    });
  });
});

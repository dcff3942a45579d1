import { expect } from 'chai';
import type { Entry } from '../../src/k8s/entry.ts';
import type { StoreChange } from '../../src/kube/store.ts';
import { triggersOf } from '../../src/operator/router.ts';
import { baseline, baselineEntry, entry, namespaceEntry } from '../support/build.ts';

const triggers = (before: Entry | undefined, after: Entry | undefined, source: StoreChange['source'] = 'watch') =>
  triggersOf({ kind: (after ?? before)?.kind ?? '', before, after, source });

const CALLS = { webhooks: [{ clientConfig: { service: { namespace: 'payments', name: 'hooks' } } }] };

describe('a change of the stores', () => {
  const policy = entry('NetworkPolicy', 'drawbridge-d');

  it('of our own making asks for nothing: the operator does not feed itself', () => {
    for (const made of [policy, baselineEntry(baseline('b')), entry('BaselineReport', 'drawbridge')]) {
      expect(triggers(undefined, made, 'write'), made.kind).to.deep.equal([]);
      expect(triggers(made, undefined, 'write'), made.kind).to.deep.equal([]);
    }
  });

  it('of our own making asks who governs a namespace whose labels we wrote: a baseline may select by them', () => {
    expect(triggers(undefined, namespaceEntry('a'), 'write')).to.deep.equal([
      { to: 'namespace', namespace: 'a', look: false },
    ]);
  });

  it('of our own making tells of an edit that the watch has not told yet: its answer came first', () => {
    const before = baselineEntry(baseline('b'));
    const edited = { ...before, body: { ...(before.body as object), generation: 99 } };
    expect(triggers(before, edited, 'write')).to.deep.equal([{ to: 'governance' }, { to: 'baseline', name: 'b' }]);
    const leaving = { ...before, deleting: true };
    expect(triggers(before, leaving, 'write')).to.deep.equal([{ to: 'governance' }, { to: 'baseline', name: 'b' }]);
    expect(triggers(before, { ...before, resourceVersion: '99' }, 'write')).to.deep.equal([]);
  });

  it('of anything in a namespace asks for a look at it, however it came', () => {
    for (const kind of ['NetworkPolicy', 'Role', 'RoleBinding']) {
      const made = entry(kind, 'drawbridge-x');
      for (const source of ['watch', 'list'] as const) {
        expect(triggers(undefined, made, source)).to.deep.equal([{ to: 'drift', namespace: 'payments' }]);
        expect(triggers(made, undefined, source)).to.deep.equal([{ to: 'drift', namespace: 'payments' }]);
      }
    }
  });

  it('of what facts are read from asks for the facts', () => {
    const objects = [entry('ValidatingWebhookConfiguration', 'policies', CALLS, { namespace: '' })];
    for (const made of objects) expect(triggers(undefined, made), made.kind).to.deep.equal([{ to: 'facts' }]);
    const own = entry('Service', 'kubernetes', {}, { namespace: 'default' });
    expect(triggers(undefined, own)).to.deep.equal([
      { to: 'facts' },
      { to: 'workload', namespace: 'default', kind: 'Service' },
    ]);
    const dns = entry('Service', 'addon', {}, { namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } });
    expect(triggers(dns, { ...dns, labels: {} })).to.deep.include({ to: 'facts' });
  });

  it('of a Service asks for a look at its namespace, and for none when nothing that is kept of it changed', () => {
    const service = entry('Service', 'web', { selector: { app: 'web' }, ports: [] });
    const asked = [{ to: 'workload', namespace: 'payments', kind: 'Service' }];
    expect(triggers(undefined, service)).to.deep.equal(asked);
    expect(triggers(service, undefined)).to.deep.equal(asked);
    expect(triggers(service, { ...service, body: { selector: { app: 'api' }, ports: [] } })).to.deep.equal(asked);
    expect(triggers(service, { ...service, resourceVersion: '9' })).to.deep.equal([]);
    const config = entry('MutatingWebhookConfiguration', 'policies', CALLS, { namespace: '' });
    expect(triggers(config, { ...config, resourceVersion: '9' }), 'its certificate was renewed').to.deep.equal([]);
  });

  it('of ClusterRoles and their bindings asks for a look at the cluster, after the facts, and so does who asks for one', () => {
    expect(triggers(undefined, entry('ClusterRole', 'x'))).to.deep.equal([{ to: 'facts' }, { to: 'cluster' }]);
    expect(triggers(entry('ClusterRoleBinding', 'x'), undefined)).to.deep.equal([{ to: 'cluster' }]);
    const before = baselineEntry(baseline('b'));
    for (const spec of [{ clusterChecks: ['Everybody' as const] }, { rbac: { forbid: ['PodExec' as const] } }]) {
      const asking = baselineEntry(baseline('b', spec, { generation: 99 }));
      const expected = [{ to: 'governance' }, { to: 'baseline', name: 'b' }, { to: 'cluster' }];
      expect(triggers(before, asking)).to.deep.equal(expected);
      expect(triggers(asking, before)).to.deep.equal(expected);
    }
  });

  it('of the published audit policy asks for a look at it, and so does a baseline with an audit section', () => {
    const map = entry('ConfigMap', 'drawbridge-audit-policy', {}, { namespace: 'drawbridge-system' });
    expect(triggers(map, undefined)).to.deep.equal([{ to: 'auditPolicy' }]);
    const before = baselineEntry(baseline('b'));
    const audited = baselineEntry(baseline('b', { audit: { level: 'Metadata' } }, { generation: 99 }));
    const expected = [{ to: 'governance' }, { to: 'baseline', name: 'b' }, { to: 'auditPolicy' }];
    expect(triggers(before, audited)).to.deep.equal(expected);
    expect(triggers(audited, before)).to.deep.equal(expected);
  });

  it('of a policy at admission asks for a look at all of them', () => {
    for (const kind of ['ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding']) {
      expect(triggers(entry(kind, 'drawbridge-own-objects-deny'), undefined), kind).to.deep.equal([
        { to: 'admission' },
      ]);
    }
  });

  it('of a report asks for that report', () => {
    expect(triggers(entry('BaselineReport', 'drawbridge'), undefined)).to.deep.equal([
      { to: 'report', namespace: 'payments' },
    ]);
  });

  it('of nothing at all asks for nothing', () => {
    expect(triggersOf({ kind: 'Role', before: undefined, after: undefined, source: 'watch' })).to.deep.equal([]);
  });
});

describe('a change of what runs', () => {
  const pod = entry('Pod', 'web-0', { pods: { hostNetwork: false } });

  it('asks for a look at its namespace, where anything reads it', () => {
    const look = { to: 'workload', namespace: 'payments', kind: 'Pod' };
    expect(triggers(undefined, pod)).to.deep.equal([look]);
    expect(triggers(pod, undefined)).to.deep.equal([look]);
    expect(triggers(pod, { ...pod, labels: { app: 'web' } })).to.deep.equal([look]);
    expect(triggers(pod, { ...pod, body: { pods: { hostNetwork: true } } })).to.deep.equal([look]);
  });

  it('asks for nothing when it wrote its status', () => {
    expect(triggers(pod, { ...pod, resourceVersion: '2' })).to.deep.equal([]);
  });

  it('is of use to the DNS fact in a DaemonSet of kube-system alone', () => {
    const here = entry('DaemonSet', 'agent', { pods: {} });
    expect(triggers(undefined, here)).to.deep.equal([{ to: 'workload', namespace: 'payments', kind: 'DaemonSet' }]);
    expect(triggers(undefined, { ...here, namespace: 'kube-system' })).to.deep.equal([
      { to: 'facts' },
      { to: 'workload', namespace: 'kube-system', kind: 'DaemonSet' },
    ]);
  });
});

describe('a change of a namespace', () => {
  const before = namespaceEntry('payments');
  const look = (after: Entry): unknown => triggers(before, after)[0];

  it('asks who governs it, and for a look when it came, went, is going, or has other labels', () => {
    const yes = { to: 'namespace', namespace: 'payments', look: true };
    expect(triggers(undefined, before)).to.deep.equal([yes]);
    expect(triggers(before, undefined)).to.deep.equal([yes]);
    expect(look({ ...before, deleting: true })).to.deep.equal(yes);
    expect(look({ ...before, labels: {} })).to.deep.equal(yes);
  });

  it('asks for no look when only an annotation changed: equal labels are one object in the store', () => {
    expect(look({ ...before, resourceVersion: '2', annotations: { a: 'b' } })).to.deep.equal({
      to: 'namespace',
      namespace: 'payments',
      look: false,
    });
  });
});

describe('a change of a baseline', () => {
  const before = baselineEntry(baseline('b'));
  const own = { to: 'baseline', name: 'b' };

  it('in its status alone asks for its status, and for no namespace', () => {
    const after = { ...before, resourceVersion: '2', body: { ...before.body, status: { observedGeneration: 1 } } };
    expect(triggers(before, after)).to.deep.equal([own]);
    expect(triggers(before, { ...before, finalizers: ['x/y'] })).to.deep.equal([own]);
  });

  it('in what it asks for asks who governs what', () => {
    const both = [{ to: 'governance' }, own];
    expect(triggers(undefined, before)).to.deep.equal(both);
    expect(triggers(before, undefined)).to.deep.equal(both);
    expect(triggers(before, baselineEntry(baseline('b', {}, { generation: 2 })))).to.deep.equal(both);
    expect(triggers(before, baselineEntry(baseline('b', {}, { uid: 'another' })))).to.deep.equal(both);
    expect(triggers(before, { ...before, deleting: true })).to.deep.equal(both);
  });
});

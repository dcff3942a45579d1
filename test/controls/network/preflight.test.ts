import { expect } from 'chai';
import type { NetworkSpec } from '../../../src/api/types.ts';
import { controls } from '../../../src/controls/index.ts';
import type { Held } from '../../../src/core/govern/held.ts';
import type { Finding } from '../../../src/core/model/finding.ts';
import type { KubeObject } from '../../../src/k8s/object.ts';
import type { ViewParts } from '../fixtures.ts';
import { brief, network, OURS, policy, UNKNOWN, viewWith } from '../fixtures.ts';
import { called, closedOnce, hooks } from './callbackFixtures.ts';
import { HOST_PATH, ON_HOST, ownedBy, pod, workload } from './podFixtures.ts';

const CALLED: ViewParts = { facts: { callbacks: called() }, objects: [hooks()] };
const DENY_NAME = 'drawbridge-default-deny';

/** All that the network controls write, as name → directions. */
function written(spec: NetworkSpec, parts: ViewParts = CALLED): Readonly<Record<string, unknown>> {
  const built = controls
    .filter(({ section }) => section === 'network')
    .map((c) => c.build(spec as never, viewWith(parts)));
  return Object.fromEntries(
    built.flatMap(({ wanted }) =>
      wanted.map(({ name, body }) => [name, (body.spec as { readonly policyTypes: readonly string[] }).policyTypes]),
    ),
  );
}

const findings = (spec: NetworkSpec, parts: ViewParts = CALLED) =>
  controls
    .filter(({ section }) => section === 'network')
    .flatMap((control) => control.build(spec as never, viewWith(parts)).findings ?? []);

const denied = (spec: NetworkSpec, parts: ViewParts = CALLED): unknown => written(spec, parts)[DENY_NAME];
const withRule = (podSelector: object, from: readonly object[], ports: readonly object[]): NetworkSpec =>
  network({ allow: { rules: [{ name: 'calls', podSelector, ingress: [{ from, ports }] } as never] } });
const HOOKS = { matchLabels: { app: 'hooks' } };

describe('THREATS 21: a namespace that the API server calls into', () => {
  it('is not closed to ingress the first time, by any policy, and says which Service and what to write', () => {
    const spec = network({ allow: { sameNamespace: ['Ingress', 'Egress'] } });
    expect(written(spec)).to.deep.equal({
      'drawbridge-allow-same-namespace': ['Egress'],
      'drawbridge-default-deny': ['Egress'],
    });
    const [finding, ...more] = findings(spec);
    expect(more).to.deep.equal([]);
    expect(finding).to.deep.include({ check: 'SB-NET-001', result: 'fail', reason: 'PreflightHeld' });
    expect(finding?.message).to.equal(
      'Ingress is not closed yet: the API server calls Service hooks:443 (ValidatingWebhookConfiguration policies), and requests that need an answer fail without one. Write allow.apiServerCallbacks.cidrs with the addresses it calls from, or a rule open to everybody on TCP 8443 of its pods, or preflight: Ignore.',
    );
    expect(written({ defaultDeny: ['Ingress'] })).to.deep.equal({});
  });

  it('is closed with what lets it in: cidrs, a rule open to these pods on these ports, or Ignore', () => {
    const both = ['Ingress', 'Egress'];
    expect(written(network({ allow: { apiServerCallbacks: { cidrs: ['192.0.2.0/24'] } } }))).to.deep.equal({
      'drawbridge-callback-hooks': ['Ingress'],
      'drawbridge-default-deny': both,
    });
    for (const [what, spec] of Object.entries({
      everybody: withRule(HOOKS, [], [{ port: 8443 }]),
      'all pods, all ports': withRule({ matchLabels: {} }, [], []),
      'a range of ports': withRule(HOOKS, [{ ipBlock: { cidr: '0.0.0.0/0' } }], [{ port: 8000, endPort: 9000 }]),
      'in other words': withRule(
        { matchExpressions: [{ key: 'app', operator: 'In', values: ['hooks', 'x'] }] },
        [],
        [],
      ),
      ignored: network({ preflight: 'Ignore' }),
    }))
      expect(denied(spec), what).to.deep.equal(both);
  });

  it('is not closed by what may not let it in: other pods, other ports, some addresses, discovered ones', () => {
    for (const [what, spec] of Object.entries({
      'other pods': withRule({ matchLabels: { app: 'web' } }, [], []),
      'fewer pods': withRule({ matchLabels: { app: 'hooks', tier: 'a' } }, [], []),
      'fewer pods, by absence': withRule(
        { matchLabels: { app: 'hooks' }, matchExpressions: [{ key: 'canary', operator: 'DoesNotExist' }] },
        [],
        [],
      ),
      'another port': withRule(HOOKS, [], [{ port: 443 }]),
      'another protocol': withRule(HOOKS, [], [{ port: 8443, protocol: 'UDP' }]),
      'a name that may be another port': withRule(HOOKS, [], [{ port: 'webhook' }]),
      'some namespace': withRule(HOOKS, [{ namespaceSelector: { matchLabels: {} } }], []),
      'some addresses': withRule(HOOKS, [{ ipBlock: { cidr: '192.0.2.0/24' } }], []),
      'what blockedCidrs takes away': network({
        allow: { apiServerCallbacks: { cidrs: ['192.0.2.0/24'] } },
        blockedCidrs: ['192.0.0.0/16'],
      }),
      'discovered addresses alone': network({ allow: { apiServerCallbacks: {} } }),
    }))
      expect(denied(spec), what).to.deep.equal(['Egress']);
  });

  it('is held while nobody can say which pods answer', () => {
    const spec = network({ allow: { apiServerCallbacks: { cidrs: ['192.0.2.0/24'] } } });
    const why = (objects: readonly KubeObject[]) => findings(spec, { ...CALLED, objects })[0]?.message;
    expect(why([])).to.contain('the Service is not there');
    expect(why([hooks({ selector: undefined })])).to.contain('the Service selects no pods');
    expect(why([hooks({ ports: [{ port: 443, protocol: 'UDP' }] })])).to.contain('the Service has no TCP port 443');
    expect(denied(spec, { ...CALLED, objects: [] })).to.deep.equal(['Egress']);
    const external = hooks({ type: 'ExternalName', externalName: 'example.org', selector: undefined, ports: [] });
    expect(denied(spec, { ...CALLED, objects: [external] }), 'a name elsewhere is nobody here').to.have.lengthOf(2);
  });

  it('is held while what the API server calls is not known, and says so', () => {
    const parts = { facts: { callbacks: UNKNOWN } };
    expect(denied(network({}), parts)).to.deep.equal(['Egress']);
    expect(findings(network({}), parts).map(brief)).to.deep.equal([
      'unknown/medium CallbacksUnknown Namespace payments',
    ]);
    expect(denied(network({}), { ...parts, held: closedOnce('Ingress') })).to.deep.equal(['Ingress', 'Egress']);
  });

  it('is none that something else is called in', () => {
    expect(denied(network({}), { ...CALLED, namespace: 'elsewhere' })).to.have.lengthOf(2);
    expect(denied(network({}), { ...CALLED, namespace: 'constructor' })).to.have.lengthOf(2);
  });
});

describe('THREATS 21: a direction that was closed once', () => {
  const stays = (parts: { readonly held?: Held; readonly objects?: readonly KubeObject[] }) => {
    const all = { ...CALLED, ...parts, objects: [hooks(), ...(parts.objects ?? [])] };
    expect(denied(network({}), all)).to.deep.equal(['Ingress', 'Egress']);
    expect(findings(network({}), all).map(brief)).to.deep.equal(['warn/high CallbackNotAllowed Service hooks']);
  };

  it('stays closed when a webhook appears later, with a warning', () => {
    const standing = { podSelector: {}, policyTypes: ['Ingress'] };
    stays({ objects: [policy(DENY_NAME, standing, OURS)] });
    stays({ objects: [policy(DENY_NAME, standing)] });
    stays({ objects: [policy('drawbridge-rule-x', { podSelector: {} }, OURS)] });
  });

  it('stays closed by the record of the namespace, though somebody deleted the deny', () => {
    stays({ held: closedOnce('Ingress', 'Egress') });
  });

  it('is not one that only a policy of others closes, one that goes, or another direction', () => {
    const egress = { podSelector: {}, policyTypes: ['Egress'] };
    for (const object of [
      policy('theirs', { podSelector: {} }),
      policy(DENY_NAME, egress, OURS),
      policy(DENY_NAME, { podSelector: {} }, { ...OURS, deletionTimestamp: '2026-01-02T03:04:05Z' }),
    ])
      expect(denied(network({}), { ...CALLED, objects: [hooks(), object] })).to.deep.equal(['Egress']);
    expect(denied(network({}), { ...CALLED, held: closedOnce('Egress') })).to.deep.equal(['Egress']);
    expect(denied(network({}), { ...CALLED, held: closedOnce() })).to.deep.equal(['Egress']);
  });
});

describe('what the network policies rest on', () => {
  const basis = (spec: NetworkSpec, parts: ViewParts) =>
    controls.map((control) => control.basis?.(spec as never, viewWith(parts)) ?? '').join('');

  it('is nothing where nothing is called, so that most namespaces compare nothing', () => {
    expect(basis(network({}), {})).to.equal('');
    expect(basis({ defaultDeny: ['Egress'] }, CALLED)).to.equal('');
  });

  it('changes when another Service answers, which is a roll-out and no drift', () => {
    const before = basis(network({}), CALLED);
    expect(basis(network({}), CALLED)).to.equal(before);
    expect(basis(network({}), { ...CALLED, objects: [hooks({ selector: { app: 'x' } })] })).not.to.equal(before);
    expect(basis(network({}), { ...CALLED, held: closedOnce('Ingress') })).not.to.equal(before);
  });
});

describe('THREATS 25: a namespace with node agents', () => {
  const agents = (...objects: readonly KubeObject[]): ViewParts => ({ objects });
  const NODE = agents(pod('x', {}, ON_HOST, ownedBy('DaemonSet', 'exporter')));

  it('is not closed in any direction, and says what runs there', () => {
    const spec = network({ allow: { sameNamespace: ['Ingress'], dns: {}, apiServer: {} } });
    expect(written(spec, NODE)).to.deep.equal({});
    const [finding, ...more] = findings(spec, NODE);
    expect(more).to.deep.equal([]);
    expect(brief(finding as Finding)).to.equal('fail/high PreflightHeld Namespace payments');
    expect(finding?.message).to.contain('(Ingress, Egress)').and.to.contain('DaemonSet exporter');
  });

  it('is one with hostNetwork or hostPID, or with a DaemonSet that has a piece of the node’s files', () => {
    for (const [what, parts] of Object.entries({
      network: NODE,
      processes: agents(pod('x', {}, { hostPID: true })),
      files: agents(workload('DaemonSet', 'logs', {}, HOST_PATH)),
      'files, seen by a pod': agents(pod('x', {}, HOST_PATH, ownedBy('DaemonSet', 'logs'))),
    }))
      expect(denied(network({}), parts), what).to.equal(undefined);
    for (const [what, parts] of Object.entries({
      'a DaemonSet like any other': agents(workload('DaemonSet', 'cache', {})),
      'one pod with files of a node': agents(pod('x', {}, HOST_PATH)),
      'a pod': agents(pod('x')),
    }))
      expect(denied(network({}), parts), what).to.have.lengthOf(2);
  });

  it('is closed when the baseline names it, ignores that, or closed it once', () => {
    expect(denied(network({}), { ...NODE, claim: { named: true } })).to.have.lengthOf(2);
    expect(denied(network({ preflight: 'Ignore' }), NODE)).to.have.lengthOf(2);
    expect(denied(network({}), { ...NODE, held: closedOnce('Ingress', 'Egress') })).to.have.lengthOf(2);
    const half = { ...NODE, held: closedOnce('Egress') };
    expect(denied(network({}), half)).to.deep.equal(['Egress']);
  });

  it('THREATS 3: keeps a deny of the other direction, declared until an edit, while it is not known what runs', () => {
    const ingress = policy(DENY_NAME, { podSelector: {}, policyTypes: ['Ingress'] }, OURS);
    const egress: NetworkSpec = { defaultDeny: ['Egress'] };
    const build = (parts: ViewParts) =>
      controls.find(({ id }) => id === 'network.default-deny')?.build(egress as never, viewWith(parts));
    const kept = [{ kind: 'NetworkPolicy', name: DENY_NAME }];
    expect(build({ objects: [ingress], unknown: ['Pod'] })).to.deep.include({ wanted: [], kept });
    expect(build({ objects: [ingress] })?.kept).to.equal(undefined);
    expect(denied(egress, { objects: [ingress] })).to.deep.equal(['Egress']);
  });

  it('may be any, while it is not known what runs: none is closed for the first time', () => {
    const parts = { unknown: ['Pod'] };
    expect(denied(network({}), parts)).to.equal(undefined);
    expect(findings(network({}), parts).map(brief)).to.deep.equal(['unknown/medium PodsUnknown Namespace payments']);
    expect(denied(network({}), { ...parts, held: closedOnce('Ingress', 'Egress') })).to.have.lengthOf(2);
  });
});

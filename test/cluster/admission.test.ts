import { expect } from 'chai';
import { eventually } from '../support/eventually.ts';
import { renderKustomization } from '../support/install.ts';
import type { AnyObject, KubeAdmin, KubeResponse, RequestOptions } from '../support/kubeAdmin.ts';
import { useWorld } from '../support/world.ts';
import { conditionOf, member, shown, untilReady } from './support/look.ts';
import { bindings, DENY, eventsPath, namespacePath, policies, reportPath, roles, VIEWER } from './support/paths.ts';
import { DENY_AND_RBAC } from './support/right.ts';
import { baselineOf, declare, LABEL } from './support/spec.ts';
import { asTenant } from './support/tenant.ts';
import { edit } from './supportB/findings.ts';

const PATH = '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies';
const BINDINGS = '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings';
const FORBID = ['Wildcards', 'Escalation', 'SecretReaders', 'PodExec', 'WorkloadCreators'];
const STRICT = {
  ...DENY_AND_RBAC,
  rbac: { ...DENY_AND_RBAC.rbac, forbid: FORBID },
  serviceAccounts: { defaultToken: 'Disabled' },
  admission: 'Deny',
};
/** Selects what `strict` does, too: the strictest of both holds there. */
const MILD = {
  priority: -1,
  namespaceSelector: { matchExpressions: [{ key: LABEL, operator: 'In', values: ['strict', 'mild'] }] },
  excludedNamespaces: ['kept-out-*'],
  ...DENY_AND_RBAC,
  admission: 'Warn',
};
const TOPICS = ['default-token', 'forbidden-bindings', 'forbidden-roles', 'namespace-labels', 'own-objects'];
const ALL = [
  ...TOPICS.map((topic) => `drawbridge-${topic}-deny`),
  ...['namespace-labels-warn', 'own-objects-warn', 'probe-deny', 'reports-deny', 'waivers-deny'].map(
    (name) => `drawbridge-${name}`,
  ),
].sort();
const ACCOUNT = (namespace: string) => `/api/v1/namespaces/${namespace}/serviceaccounts/default`;
const DRY: RequestOptions = { query: { dryRun: 'All' } };

describe('Tampering is refused at the door', function () {
  this.timeout(60_000);
  this.bail(true);
  const world = useWorld();
  const admin = () => world().admin;
  let tenant: KubeAdmin;
  /** May write any Role and binding, label namespaces, and write reports; and holds no override. */
  let owner: KubeAdmin;

  const names = async (path: string): Promise<readonly string[]> =>
    (await admin().list(path)).map(({ metadata }) => metadata.name).sort();
  const enforced = (name: string, status: string): Promise<AnyObject> =>
    eventually(
      async () => {
        const baseline = await world().baseline(name);
        const condition = conditionOf(baseline, 'AdmissionEnforced');
        expect(condition?.status, JSON.stringify(baseline.status)).to.equal(status);
        expect(condition?.observedGeneration).to.equal(baseline.metadata.generation);
        return condition as AnyObject;
      },
      { withinMs: 30_000 },
    );
  const isRefused = ({ status, body }: KubeResponse, says: RegExp): void => {
    expect([status, body.reason], JSON.stringify(body)).to.deep.equal([403, 'Forbidden']);
    expect(body.message).to.match(/ValidatingAdmissionPolicy 'drawbridge-/);
    expect(body.message).to.match(says);
  };
  const role = (namespace: string, name: string, rules: readonly object[]): object => ({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'Role',
    metadata: { name, namespace },
    rules,
  });

  before('namespaces and people', async () => {
    for (const [name, label] of [
      ['shop', 'strict'],
      ['lenient', 'mild'],
      ['kept-out-1', 'mild'],
      ['leaving', 'strict'],
    ] as const) {
      await member(world(), name, label);
    }
    tenant = await asTenant(world(), 'shop');
    const rbac = { apiGroup: 'rbac.authorization.k8s.io' };
    await admin().create({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: 'owner' },
      rules: [
        { apiGroups: [rbac.apiGroup, 'networking.k8s.io'], resources: ['*'], verbs: ['*'] },
        {
          apiGroups: [''],
          resources: ['namespaces', 'namespaces/status', 'serviceaccounts'],
          verbs: ['get', 'update', 'patch'],
        },
        { apiGroups: ['drawbridge.dev'], resources: ['baselinereports'], verbs: ['*'] },
      ],
    });
    await admin().create({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: 'owner' },
      roleRef: { ...rbac, kind: 'ClusterRole', name: 'owner' },
      subjects: [{ ...rbac, kind: 'User', name: 'owner' }],
    });
    owner = admin().impersonating('owner', ['system:authenticated']);
  });

  it('once the operator has the right to: until then the condition says which manifest to apply', async () => {
    await admin().create(baselineOf('strict', STRICT));
    const { reason, message } = await enforced('strict', 'False');
    expect(reason).to.equal('RightsMissing');
    expect(message).to.contain('kubectl apply --server-side -k manifests/admission');
    expect(conditionOf(await world().baseline('strict'), 'Stalled')).to.include({
      status: 'True',
      reason: 'RightsMissing',
    });
    await admin().apply(await renderKustomization('manifests/admission'));
    await declare(world(), 'mild', MILD);
    expect(await enforced('strict', 'True')).to.include({ reason: 'Enforced' });
    await enforced('mild', 'True');
    // It was said when they were seen to refuse, and not when they were written.
    for (const [who, path] of [
      [tenant, policies('shop', DENY)],
      [owner, reportPath('shop')],
    ] as const) {
      expect((await who.request('DELETE', path, undefined, DRY)).status).to.equal(403);
    }
    const warned = await owner.request('DELETE', policies('lenient', DENY), undefined, DRY);
    expect(warned.warnings).not.to.deep.equal([]);
    expect(await names(PATH)).to.deep.equal(ALL);
    expect(await names(BINDINGS)).to.deep.equal(ALL);
    await untilReady(world(), 'strict', 2);
  });

  it('by policies that the API server compiles without a warning', async () => {
    await eventually(
      async () => {
        for (const policy of await admin().list(PATH)) {
          const { name, generation } = policy.metadata;
          expect(policy.status?.observedGeneration, name).to.equal(generation);
          expect(policy.status?.typeChecking?.expressionWarnings ?? [], name).to.deep.equal([]);
        }
      },
      { withinMs: 30_000 },
    );
  });

  const mine = { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy' };
  const OURS: readonly (readonly [string, () => Promise<KubeResponse>])[] = [
    ['deleted', () => tenant.request('DELETE', policies('shop', DENY))],
    ['deleted with all others', () => tenant.request('DELETE', policies('shop'))],
    ['edited', () => tenant.request('PATCH', policies('shop', DENY), { spec: { ingress: [{}] } })],
    ['stripped of labels', () => tenant.request('PATCH', policies('shop', DENY), { metadata: { labels: null } })],
    [
      'planted under the prefix',
      () =>
        tenant.request('POST', policies('shop'), {
          ...mine,
          metadata: { generateName: 'drawbridge-' },
          spec: { podSelector: {}, ingress: [{}] },
        }),
    ],
    ['a Role that is widened', () => tenant.request('PATCH', roles('shop', VIEWER), { rules: [] })],
    [
      'a binding that is deleted',
      async () => {
        const [binding] = await admin().list(bindings('shop'), { labelSelector: 'drawbridge.dev/control' });
        return tenant.request('DELETE', bindings('shop', binding?.metadata.name));
      },
    ],
  ];
  for (const [what, act] of OURS) {
    it(`THREATS 23: objects of ours are known by their name: ${what}`, async () =>
      isRefused(await act(), /holds this namespace: change the SecurityBaseline strict/));
  }

  it('what is not under the prefix is nobody else’s business, nor what is elsewhere', async () => {
    const policy = { ...mine, spec: { podSelector: {} } };
    for (const [namespace, name] of [
      ['shop', 'mine'],
      ['kept-out-1', 'drawbridge-mine'],
      ['default', 'drawbridge-mine'],
    ] as const) {
      const made = await owner.request('POST', policies(namespace), { ...policy, metadata: { name } }, DRY);
      expect([made.status, made.warnings], name).to.deep.equal([201, []]);
    }
  });

  it('THREATS 14: labels that selectors read, and those of Pod Security, also by way of a subresource', async () => {
    const labels = (path: string, change: Record<string, unknown>): Promise<KubeResponse> =>
      owner.request('PATCH', path, { metadata: { labels: change } });
    const shop = namespacePath('shop');
    isRefused(await labels(shop, { [LABEL]: null }), /label baseline decides/);
    isRefused(await labels(`${shop}/status`, { [LABEL]: 'mild' }), /label baseline decides/);
    isRefused(await labels(shop, { 'pod-security.kubernetes.io/enforce': 'privileged' }), /pod-security/);
    expect((await labels(shop, { color: 'green' })).status).to.equal(200);
    expect((await labels(namespacePath('kept-out-1'), { [LABEL]: null })).status).to.equal(200);
  });

  it('the report, and the token of the default ServiceAccount', async () => {
    isRefused(await owner.request('PATCH', reportPath('shop'), { summary: 'all is well' }), /only it writes them/);
    isRefused(await owner.request('DELETE', reportPath('lenient')), /only it writes them/);
    const token = { automountServiceAccountToken: true };
    isRefused(await owner.request('PATCH', ACCOUNT('shop'), token), /Disabled by SecurityBaseline strict/);
    expect((await owner.request('PATCH', ACCOUNT('lenient'), token)).status).to.equal(200);
    // It would be made anew, with a token.
    isRefused(await tenant.request('DELETE', ACCOUNT('shop')), /one that is made anew has it/);
    const all = ACCOUNT('shop').replace(/\/default$/, '');
    isRefused(await tenant.request('DELETE', all), /one that is made anew has it/);
  });

  const ruleOf = (verbs: readonly string[], resources: readonly string[], group = '') => ({
    apiGroups: [group],
    resources,
    verbs,
  });
  const FORBIDDEN: readonly (readonly [string, object])[] = [
    ['Wildcards', ruleOf(['get'], ['*'])],
    ['Escalation', ruleOf(['bind'], ['clusterroles'], 'rbac.authorization.k8s.io')],
    ['SecretReaders', ruleOf(['list'], ['configmaps', 'secrets'])],
    ['PodExec', ruleOf(['get'], ['pods/exec'])],
    ['WorkloadCreators', ruleOf(['create'], ['deployments'], 'apps')],
  ];
  for (const [grant, rules] of FORBIDDEN) {
    it(`grants that rbac.forbid names: ${grant}`, async () => {
      const made = await owner.request('POST', roles('shop'), role('shop', 'mine', [rules]));
      isRefused(made, new RegExp(`SecurityBaseline strict forbids ${grant}`));
      const elsewhere = await owner.request('POST', roles('lenient'), role('lenient', 'mine', [rules]), DRY);
      expect([elsewhere.status, elsewhere.warnings]).to.deep.equal([201, []]);
    });
  }

  it('grants of everything, and to everybody; and not what somebody had before', async () => {
    const bind = (name: string, kind: string, subject: string) =>
      owner.request('POST', bindings('shop'), {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'RoleBinding',
        metadata: { name: 'mine', namespace: 'shop' },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind, name },
        subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: subject }],
      });
    isRefused(await bind('cluster-admin', 'ClusterRole', 'team'), /cluster-admin grants everything/);
    isRefused(await bind('some', 'Role', 'system:authenticated'), /for everybody/);
    isRefused(await bind('some', 'Role', 'system:serviceaccounts'), /for everybody/);
    expect((await bind('some', 'Role', 'team')).status).to.equal(201);
    await admin().create(role('shop', 'old', [ruleOf(['get'], ['secrets'])]) as AnyObject);
    const label = { metadata: { labels: { color: 'green' } } };
    expect((await owner.request('PATCH', roles('shop', 'old'), label)).status).to.equal(200);
    isRefused(await owner.request('PATCH', roles('shop', 'old'), { rules: [ruleOf(['*'], ['secrets'])] }), /Wildcards/);
  });

  it('and warned of where a baseline says Warn; then the operator puts it right', async () => {
    const { status, warnings } = await owner.request('DELETE', policies('lenient', DENY));
    expect(status).to.equal(200);
    expect(warnings.join()).to.match(/holds this namespace: change the SecurityBaseline mild/);
    await eventually(async () => expect(await admin().find(policies('lenient', DENY))).not.to.equal(undefined));
  });

  it('THREATS 23: who may override passes, and no refusal hits the operator, which puts it right', async () => {
    const { metadata } = await admin().get(policies('shop', DENY));
    await admin().delete(policies('shop', DENY));
    await admin().patch(roles('shop', VIEWER), { rules: [] });
    await admin().patch(ACCOUNT('shop'), { automountServiceAccountToken: true });
    await admin().patch(reportPath('shop'), { summary: 'all is well' });
    await eventually(async () => {
      expect((await admin().get(policies('shop', DENY))).metadata.uid).not.to.equal(metadata.uid);
      expect((await admin().get(roles('shop', VIEWER))).rules).to.have.length(2);
      expect((await admin().get(ACCOUNT('shop'))).automountServiceAccountToken).to.equal(false);
      expect((await admin().get(reportPath('shop'))).summary).not.to.equal('all is well');
    });
  });

  it('THREATS 23: the garbage collector and the namespace controller pass, so that a namespace goes', async () => {
    for (const controller of ['generic-garbage-collector', 'namespace-controller']) {
      const system = admin().impersonating(`system:serviceaccount:kube-system:${controller}`, ['system:authenticated']);
      expect((await system.request('DELETE', policies('shop', DENY), undefined, DRY)).status, controller).to.equal(200);
    }
    await admin().delete(namespacePath('leaving'));
    await eventually(async () => expect(await admin().find(namespacePath('leaving'))).to.equal(undefined), {
      withinMs: 30_000,
    });
  });

  it('by bindings and policies that come back at once, with an Event', async () => {
    const binding = `${BINDINGS}/drawbridge-own-objects-deny`;
    await admin().delete(binding);
    await eventually(async () => expect(await admin().find(binding)).not.to.equal(undefined));
    await admin().patch(binding, { spec: { validationActions: ['Audit'] } });
    await admin().patch(`${PATH}/drawbridge-own-objects-deny`, { spec: { failurePolicy: 'Ignore' } });
    await eventually(async () => {
      expect((await admin().get(binding)).spec.validationActions).to.deep.equal(['Deny', 'Audit']);
      expect((await admin().get(`${PATH}/drawbridge-own-objects-deny`)).spec.failurePolicy).to.equal('Fail');
      const told = (await admin().list(eventsPath('default'))).filter(({ reason }) => reason === 'DriftRepaired');
      expect(told.map(({ note }) => note).join()).to.contain('drawbridge-own-objects-deny was deleted');
    });
  });

  it('and what stands as it was asked for is not written again, not after a restart either', async () => {
    const mark = await world().mark();
    await world().restartOperator();
    await edit(world(), 'mild', { priority: -2 });
    await enforced('mild', 'True');
    const resources = [PATH, BINDINGS].map((path) => path.slice(path.lastIndexOf('/') + 1));
    expect(shown(await world().writesSince(mark, { all: true, resources }))).to.deep.equal([]);
  });

  it('until no baseline asks any more: a suspended one leaves what it had, a section taken out takes it away', async () => {
    await edit(world(), 'mild', { admission: null });
    await eventually(async () =>
      expect((await names(BINDINGS)).filter((name) => /warn$/.test(name))).to.deep.equal([]),
    );
    await edit(world(), 'strict', { suspend: true });
    expect((await enforced('strict', 'False')).message).to.contain('what it had in force before stays');
    expect(await names(BINDINGS)).to.have.length(8);
    await edit(world(), 'strict', { suspend: null, admission: null });
    await eventually(async () => expect([await names(BINDINGS), await names(PATH)]).to.deep.equal([[], []]));
    await eventually(async () => {
      expect(conditionOf(await world().baseline('strict'), 'AdmissionEnforced')).to.equal(undefined);
    });
  });
});

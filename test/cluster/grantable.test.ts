import { expect } from 'chai';
import { eventually } from '../support/eventually.ts';
import { OPERATOR_ACCOUNT, OPERATOR_NAMESPACE, OPERATOR_USER } from '../support/install.ts';
import type { AnyObject, NewObject } from '../support/kubeAdmin.ts';
import { useWorld } from '../support/world.ts';
import { conditionOf, member, shown, untilQuiet, untilReady, workSince } from './support/look.ts';
import { baselinePath, bindings, namespacePath, roles, VIEWER } from './support/paths.ts';
import { declare } from './support/spec.ts';
import { untilFinding, untilNoFinding } from './supportB/findings.ts';
import { historyOf } from './supportB/history.ts';

const PODS = { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'] };
/** The operator may read pods for itself, and so may write that into a Role whatever is grantable; not this. */
const CONFIG = { apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'list'] };
const LOGS = { apiGroups: [''], resources: ['pods/log'], verbs: ['get'] };
const RBAC = 'rbac.authorization.k8s.io';
const CLUSTER_ROLES = `/apis/${RBAC}/v1/clusterroles`;
const CLUSTER_BINDINGS = `/apis/${RBAC}/v1/clusterrolebindings`;

const clusterRole = (name: string, rules: readonly unknown[], labels: Record<string, string> = {}): NewObject => ({
  apiVersion: `${RBAC}/v1`,
  kind: 'ClusterRole',
  metadata: { name, labels },
  rules,
});
const BASELINES = '/apis/drawbridge.dev/v1alpha1/securitybaselines';
const grantable = { 'drawbridge.dev/grantable': 'true' };
const toOperator = (name: string): NewObject => ({
  apiVersion: `${RBAC}/v1`,
  kind: 'ClusterRoleBinding',
  metadata: { name },
  roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name },
  subjects: [{ kind: 'ServiceAccount', name: OPERATOR_ACCOUNT, namespace: OPERATOR_NAMESPACE }],
});
const team = { kind: 'Group', name: 'team-$(namespace.labels.team)' };

describe('What a baseline may hand out', function () {
  this.timeout(60_000);
  const world = useWorld();
  const admin = () => world().admin;
  // The API server answers null for an empty list.
  const rulesOf = async (namespace: string): Promise<unknown> =>
    (await admin().get(roles(namespace, VIEWER))).rules ?? [];
  const untilRules = (namespace: string, rules: readonly unknown[], withinMs = 10_000) =>
    eventually(async () => expect(await rulesOf(namespace)).to.deep.equal(rules), { withinMs, everyMs: 10 });
  const boundTo = async (namespace: string): Promise<readonly string[]> =>
    (await admin().list(bindings(namespace))).flatMap(({ subjects }) => subjects.map(({ name }: AnyObject) => name));
  const viewer = (...rules: readonly unknown[]) => [{ name: 'viewer', rules }];
  const bound = (roleRef: unknown, subjects: readonly unknown[] = [team]) => [{ name: 'team', roleRef, subjects }];
  const asViewer = { kind: 'Role', name: 'viewer' };
  const create = async (name: string, rbac: unknown, labels: Record<string, string> = {}): Promise<void> => {
    await world().namespace(name, { baseline: name, ...labels });
    await declare(world(), name, { rbac });
  };
  const operatorMay = async (verb: string, resource: string): Promise<boolean> => {
    const review = await admin().post('/apis/authorization.k8s.io/v1/subjectaccessreviews', {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SubjectAccessReview',
      spec: { user: OPERATOR_USER, resourceAttributes: { verb, resource, namespace: 'default' } },
    });
    return review.status.allowed;
  };
  const gone = (name: string): Promise<void> => admin().delete(baselinePath(name));

  it('THREATS 9: a rule outside the grantable ones is left out of the Role, and the finding prints it', async () => {
    const name = 'logs';
    await create(name, { roles: viewer(PODS, LOGS), roleBindings: bound(asViewer) }, { team: 'a' });
    await untilRules(name, [PODS]);
    const finding = await untilFinding(world(), name, 'RuleNotGranted', { object: `Role ${name}/${VIEWER}` });
    expect(finding.message).to.contain(JSON.stringify(LOGS));
    expect(finding.message).to.contain('drawbridge.dev/grantable: "true"');
    expect(await boundTo(name)).to.deep.equal(['team-a']);
    const baseline = await untilReady(world(), name, 1);
    expect(conditionOf(baseline, 'Compliant')?.status).to.equal('False');
    expect(conditionOf(baseline, 'Stalled')).to.equal(undefined);
  });

  it('THREATS 9: the rule is written once an admin makes it grantable, without a restart', async () => {
    const name = 'logs';
    await untilQuiet(world());
    const mark = await world().mark();
    const moments = await historyOf(world(), roles(name), async () => {
      await admin().create(clusterRole('logs-grantable', [LOGS], grantable));
      await untilRules(name, [PODS, LOGS]);
      await untilNoFinding(world(), name);
      await untilQuiet(world());
    });
    // Nobody loses a right on the way to another one.
    for (const { object } of moments) expect(object.rules[0], JSON.stringify(object.rules)).to.deep.equal(PODS);
    expect(shown(await workSince(world(), mark, name))).to.have.lengthOf(1);
    await untilReady(world(), name, 1);
  });

  it('THREATS 9: withdrawing it narrows the Role again, and its binding stays', async () => {
    const name = 'logs';
    const moments = await historyOf(world(), bindings(name), async () => {
      await admin().delete(`${CLUSTER_ROLES}/logs-grantable`);
      await untilRules(name, [PODS]);
      await untilFinding(world(), name, 'RuleNotGranted');
      await untilQuiet(world());
    });
    expect(moments).to.deep.equal([]);
    await gone(name);
  });

  it('THREATS 9: what was widened and cannot be written as wanted is not left wide: a Role is emptied, a binding goes', async () => {
    const name = 'emptied';
    await create(name, { roles: viewer(CONFIG), roleBindings: bound(asViewer) }, { team: 'a' });
    await untilRules(name, [CONFIG]);
    await untilReady(world(), name, 1);
    // The operator still reads what is grantable, but no longer holds it.
    await admin().delete(`${CLUSTER_BINDINGS}/drawbridge-grantable`);
    await eventually(async () => expect(await operatorMay('list', 'configmaps')).to.equal(false), { everyMs: 10 });
    const [{ metadata, subjects }] = (await admin().list(bindings(name))) as [AnyObject];
    const mallory = { apiGroup: RBAC, kind: 'User', name: 'mallory' };
    await admin().patch(bindings(name, metadata.name), { subjects: [...subjects, mallory] });
    await eventually(async () => expect(await admin().list(bindings(name))).to.deep.equal([]), { everyMs: 10 });
    const wide = { apiGroups: [''], resources: ['secrets'], verbs: ['get'] };
    await admin().patch(roles(name, VIEWER), { rules: [CONFIG, wide] });
    await untilRules(name, []);
    const finding = await untilFinding(world(), name, 'RuleNotGranted');
    expect(finding.message).to.contain('attempting to grant RBAC permissions not currently held');
    await eventually(async () => {
      const { status } = await world().baseline(name);
      expect(status.namespaces).to.deep.include({ governed: 1, failed: 1 });
      expect(JSON.stringify(status.worst)).to.contain('RuleNotGranted');
    });
    const mark = await world().mark();
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    const tries = await world().writesSince(mark, { all: true, resources: ['roles'] });
    expect(tries.length, 'no storm').to.be.within(1, 8);
    expect(shown(tries.filter(({ code }) => code < 400))).to.deep.equal([]);
    await admin().create(toOperator('drawbridge-grantable'));
    await untilRules(name, [CONFIG], 30_000);
    await untilReady(world(), name, 1);
    await untilNoFinding(world(), name);
    expect(await boundTo(name)).to.deep.equal(['team-a']);
    await gone(name);
  });

  it('THREATS 9: the operator hands out none of its own working rights', async () => {
    const name = 'own-rights';
    const own = { apiGroups: ['events.k8s.io'], resources: ['events'], verbs: ['create', 'patch'] };
    await create(name, { roles: viewer(PODS, own) });
    await untilRules(name, [PODS]);
    expect((await untilFinding(world(), name, 'RuleNotGranted')).message).to.contain(JSON.stringify(own));
    const written = await world().writesSince(0, { all: true, resources: ['roles'] });
    expect(shown(written.filter((write) => write.namespace === name))).to.have.lengthOf(1);
    await gone(name);
  });

  it('THREATS 9: what undoes a baseline is refused in one, even where it is grantable', async () => {
    await admin().create(clusterRole('too-much', [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }], grantable));
    for (const [verbs, apiGroup, resource] of [
      [['delete'], 'networking.k8s.io', 'networkpolicies'],
      [['update'], RBAC, 'rolebindings'],
      [['patch'], '', 'namespaces'],
      [['impersonate'], '', 'serviceaccounts'],
      [['get'], '*', 'pods'],
      [['update'], 'drawbridge.dev', 'baselinereports'],
    ] as const) {
      const rbac = { roles: viewer({ apiGroups: [apiGroup], resources: [resource], verbs }) };
      const { status } = await admin().request(
        'POST',
        BASELINES,
        {
          apiVersion: 'drawbridge.dev/v1alpha1',
          kind: 'SecurityBaseline',
          metadata: { name: 'refused' },
          spec: { enforcement: 'Enforce', namespaceSelector: { matchLabels: { baseline: 'refused' } }, rbac },
        },
        { query: { dryRun: 'All' } },
      );
      expect(status, `${verbs} ${apiGroup}/${resource}`).to.equal(422);
    }
    await admin().delete(`${CLUSTER_ROLES}/too-much`);
  });

  it('THREATS 12: a missing label leaves the binding out, and the label chooses the subject', async () => {
    const name = 'labelled';
    await create(name, { roles: viewer(PODS), roleBindings: bound(asViewer) });
    await untilRules(name, [PODS]);
    const finding = await untilFinding(world(), name, 'SubjectLabelMissing');
    expect(finding.message).to.contain('no label team');
    expect(await boundTo(name)).to.deep.equal([]);
    const label = (value: string | null) =>
      admin().patch(namespacePath(name), { metadata: { labels: { team: value } } });
    const untilBound = (subjects: readonly string[]) =>
      eventually(async () => expect(await boundTo(name)).to.deep.equal(subjects), { everyMs: 10 });
    await label('red');
    await untilBound(['team-red']);
    await untilNoFinding(world(), name);
    const moments = await historyOf(world(), bindings(name), async () => {
      await label('blue');
      await untilBound(['team-blue']);
    });
    expect(moments.map(({ type }) => type)).to.deep.equal(['MODIFIED']);
    await label(null);
    await untilBound([]);
    await untilFinding(world(), name, 'SubjectLabelMissing');
    expect(await world().operator().metric('drawbridge_drift_detected_total', { baseline: name })).to.equal(0);
    await gone(name);
  });

  it('THREATS 12: names of the system, and templates that could become one, are refused at once', async () => {
    for (const subject of ['system:masters', 'system:$(namespace.name)', 'sys$(namespace.name)', '$(namespace.name)']) {
      const spec = {
        enforcement: 'Enforce',
        namespaceSelector: { matchLabels: { baseline: 'refused' } },
        rbac: { roles: viewer(PODS), roleBindings: bound(asViewer, [{ kind: 'Group', name: subject }]) },
      };
      const baseline = {
        apiVersion: 'drawbridge.dev/v1alpha1',
        kind: 'SecurityBaseline',
        metadata: { name: 'r' },
        spec,
      };
      const answer = await admin().request('POST', BASELINES, baseline);
      expect(answer.status, subject).to.equal(422);
      expect(answer.body.message, subject).to.match(/system:/);
    }
  });

  it('THREATS 18: a roleRef to a ClusterRole that is missing or may not be bound is that namespace’s finding, and heals', async () => {
    const name = 'cluster-role';
    await world().namespace(name, { baseline: name });
    const subjects = [{ kind: 'Group', name: 'auditors' }];
    await declare(world(), name, {
      network: { defaultDeny: ['Ingress'] },
      rbac: { roleBindings: bound({ kind: 'ClusterRole', name: 'log-reader' }, subjects) },
    });
    await untilFinding(world(), name, 'RoleRefMissing');
    await eventually(async () => {
      const baseline = await world().baseline(name);
      expect(conditionOf(baseline, 'Ready')).to.deep.include({ status: 'False', reason: 'RoleRefMissing' });
      expect(conditionOf(baseline, 'Stalled')).to.equal(undefined);
    });
    await admin().create(clusterRole('log-reader', [LOGS]));
    await untilFinding(world(), name, 'RuleNotGranted', {}, 30_000);
    expect(await boundTo(name)).to.deep.equal([]);
    const bind = { apiGroups: [RBAC], resources: ['clusterroles'], verbs: ['bind'], resourceNames: ['log-reader'] };
    await admin().create(clusterRole('drawbridge-bind', [bind]));
    await admin().create(toOperator('drawbridge-bind'));
    await eventually(async () => expect(await boundTo(name)).to.deep.equal(['auditors']), { withinMs: 60_000 });
    await untilReady(world(), name, 1);
    await untilNoFinding(world(), name);
    await member(world(), 'cluster-role-2', name);
    await eventually(async () => expect(await boundTo('cluster-role-2')).to.deep.equal(['auditors']));
    await gone(name);
  });
});

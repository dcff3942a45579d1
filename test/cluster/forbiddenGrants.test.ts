import { expect } from 'chai';
import { eventually } from '../support/eventually.ts';
import type { AnyObject, NewObject } from '../support/kubeAdmin.ts';
import { useWorld } from '../support/world.ts';
import { conditionOf, member, untilCondition, untilQuiet, untilReady } from './support/look.ts';
import { baselinePath, bindings, eventsPath, reportPath, roles } from './support/paths.ts';
import { declare } from './support/spec.ts';
import { findingsIn, untilFinding, untilNoFinding } from './supportB/findings.ts';

const RBAC = 'rbac.authorization.k8s.io';
const CLUSTER_BINDINGS = `/apis/${RBAC}/v1/clusterrolebindings`;
const CLUSTER_ROLES = `/apis/${RBAC}/v1/clusterroles`;
const NAME = 'guarded';
const NEIGHBOUR = 'guarded-too';

const group = (name: string) => ({ apiGroup: RBAC, kind: 'Group', name });
const roleRef = (kind: string, name: string) => ({ apiGroup: RBAC, kind, name });
const object = (kind: string, metadata: object, fields: object): NewObject =>
  ({ apiVersion: `${RBAC}/v1`, kind, metadata, ...fields }) as NewObject;
const inGuarded = (name: string) => ({ name, namespace: NAME });

describe('Grants that a baseline forbids', function () {
  this.timeout(60_000);
  const world = useWorld();
  const admin = () => world().admin;
  const clusterFindings = async (): Promise<readonly AnyObject[]> =>
    (await world().baseline(NAME)).status?.clusterFindings ?? [];
  const untilClusterFindings = (expected: readonly string[]): Promise<void> =>
    eventually(
      async () => {
        const found = (await clusterFindings()).map(({ reason, object: about }) => `${reason} ${about}`);
        expect(found).to.deep.equal(expected);
      },
      { withinMs: 15_000 },
    );

  before(async () => {
    await declare(world(), NAME, {
      rbac: { forbid: ['Wildcards', 'Escalation', 'SecretReaders', 'PodExec', 'WorkloadCreators'] },
      clusterChecks: ['ClusterAdmin', 'Everybody', 'Authorization'],
    });
    await member(world(), NAME, NAME);
    await member(world(), NEIGHBOUR, NAME);
    await untilReady(world(), NAME, 2);
  });

  it('are none in a cluster as it begins', async () => {
    await untilCondition(world(), NAME, 'Compliant', 'True');
    await untilClusterFindings([]);
  });

  it('are found in a Role that a team makes, said to whom once it is bound, and gone with it', async () => {
    const rules = [{ apiGroups: [RBAC], resources: ['roles'], verbs: ['escalate'] }];
    await admin().create(object('Role', inGuarded('climber'), { rules }));
    const about = { object: `Role ${NAME}/climber` };
    const unbound = await untilFinding(world(), NAME, 'GrantsEscalation', about);
    expect(unbound.message).to.contain('nobody is bound to it');
    const subjects = [group('team-a')];
    await admin().create(
      object('RoleBinding', inGuarded('climbers'), { roleRef: roleRef('Role', 'climber'), subjects }),
    );
    await untilFinding(world(), NAME, 'GrantsEscalation', {
      ...about,
      severity: 'critical',
      check: 'SB-RBAC-005',
      message: 'Role climber grants escalate (changes who holds which rights); bound to Group team-a.',
    });
    await untilCondition(world(), NAME, 'Compliant', 'False');
    expect(await findingsIn(world(), NEIGHBOUR)).to.deep.equal([]);
    await admin().delete(bindings(NAME, 'climbers'));
    await admin().delete(roles(NAME, 'climber'));
    await untilNoFinding(world(), NAME);
  });

  it('THREATS 6: by what is planted under our prefix, with a name as long and odd as the API server takes it, keep no report from being written', async () => {
    const labels = { 'app.kubernetes.io/managed-by': 'drawbridge' };
    const name = `drawbridge-${'x'.repeat(600)}😀\u009b31m`;
    const { status, body } = await admin().request(
      'POST',
      roles(NAME),
      object('Role', { ...inGuarded(name), labels }, { rules: [] }),
      { query: { fieldManager: `${'"'.repeat(62)}😀😀` } },
    );
    expect(status, JSON.stringify(body)).to.equal(201);
    await eventually(
      async () => {
        expect(await admin().find(roles(NAME, name))).to.equal(undefined);
        const { lastDrift } = await admin().get(reportPath(NAME));
        expect(lastDrift?.object).to.match(/^Role guarded\/drawbridge-x+…$/);
        expect(lastDrift?.manager).to.match(/^[\\"]+…$/);
      },
      { withinMs: 20_000 },
    );
  });

  it('are found in a RoleBinding to cluster-admin, and in one to a ClusterRole that is widened later', async () => {
    const subjects = [group('team-a')];
    await admin().create(
      object('RoleBinding', inGuarded('owners'), { roleRef: roleRef('ClusterRole', 'cluster-admin'), subjects }),
    );
    const owners = { object: `RoleBinding ${NAME}/owners`, severity: 'critical', check: 'SB-RBAC-001' };
    await untilFinding(world(), NAME, 'GrantsEverything', owners);
    await admin().create(object('ClusterRole', { name: 'helpers' }, { rules: [] }));
    await admin().create(
      object('RoleBinding', inGuarded('helpers'), { roleRef: roleRef('ClusterRole', 'helpers'), subjects }),
    );
    const rules = [{ apiGroups: [''], resources: ['pods/exec'], verbs: ['get'] }];
    await admin().patch(`${CLUSTER_ROLES}/helpers`, { rules });
    await untilFinding(world(), NAME, 'GrantsPodExec', { object: `RoleBinding ${NAME}/helpers` });
    for (const name of ['owners', 'helpers']) await admin().delete(bindings(NAME, name));
    await untilNoFinding(world(), NAME);
    await admin().delete(`${CLUSTER_ROLES}/helpers`);
  });

  it('are found in ClusterRoleBindings once, on the baseline, with an Event and a metric, and gone with them', async () => {
    await admin().create(
      object(
        'ClusterRoleBinding',
        { name: 'everywhere' },
        { roleRef: roleRef('ClusterRole', 'cluster-admin'), subjects: [group('ops')] },
      ),
    );
    await admin().create(
      object(
        'ClusterRoleBinding',
        { name: 'for-all' },
        { roleRef: roleRef('ClusterRole', 'view'), subjects: [group('system:authenticated')] },
      ),
    );
    await untilClusterFindings([
      'GrantsEverything ClusterRoleBinding everywhere',
      'BoundToEverybody ClusterRoleBinding for-all',
    ]);
    const baseline = await untilCondition(world(), NAME, 'Compliant', 'False');
    expect(conditionOf(baseline, 'Compliant')?.message).to.contain('2 findings about the cluster');
    expect(baseline.status.namespaces).to.deep.include({ governed: 2, compliant: 2 });
    for (const namespace of [NAME, NEIGHBOUR]) expect(await findingsIn(world(), namespace)).to.deep.equal([]);
    const labels = { baseline: NAME, control: 'posture.cluster-grants', severity: 'critical' };
    expect(await world().operator().metric('drawbridge_findings', labels)).to.equal(1);
    await eventually(async () => {
      const events = await admin().list(eventsPath('default'));
      const about = events.filter(({ regarding }) => regarding?.kind === 'ClusterRoleBinding');
      expect(about.map(({ reason, regarding }) => `${reason} ${regarding.name}`).sort()).to.deep.equal([
        'BoundToEverybody for-all',
        'GrantsEverything everywhere',
      ]);
    });
    await untilQuiet(world());
    const mark = await world().mark();
    await world().restartOperator();
    await untilQuiet(world());
    expect(
      await world().writesSince(mark, { resources: ['securitybaselines', 'events'] }),
      'nothing new',
    ).to.deep.equal([]);
    for (const name of ['everywhere', 'for-all']) await admin().delete(`${CLUSTER_BINDINGS}/${name}`);
    await untilClusterFindings([]);
    await untilCondition(world(), NAME, 'Compliant', 'True');
  });

  it('and what the API server does for nobody are told as far as they are known', async () => {
    await admin().patch(baselinePath(NAME), {
      spec: { clusterChecks: ['AnonymousAccess', 'Authorization', 'AuditLog'] },
    });
    await eventually(
      async () => {
        const found = await clusterFindings();
        expect(found.map(({ result, check }) => `${result} ${check}`)).to.deep.equal([
          'unknown SB-AUD-001',
          'warn SB-CP-001',
        ]);
      },
      { withinMs: 15_000 },
    );
    const [audit] = await clusterFindings();
    expect(audit?.message).to.contain('system:monitoring');
    await untilCondition(world(), NAME, 'Compliant', 'Unknown');
  });
});

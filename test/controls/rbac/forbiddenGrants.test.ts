import { expect } from 'chai';
import type { RbacSpec } from '../../../src/api/types.ts';
import { forbiddenGrants } from '../../../src/controls/rbac/forbiddenGrants.ts';
import { FORBIDDEN_RIGHTS } from '../../../src/controls/rbac/forbiddenRights.ts';
import { factsOf } from '../../../src/core/facts/factsOf.ts';
import type { Finding } from '../../../src/core/model/finding.ts';
import type { KubeObject } from '../../../src/k8s/object.ts';
import { ESCALATION_PATHS } from '../../../src/k8s/rbac/escalationPaths.ts';
import { projectedIndex } from '../../core/projectedIndex.ts';
import { brief, UNKNOWN, viewWith } from '../fixtures.ts';

const RBAC = 'rbac.authorization.k8s.io';
const ALL: RbacSpec = { forbid: ['Wildcards', 'Escalation', 'SecretReaders', 'PodExec', 'WorkloadCreators'] };
const rule = (group: string, resource: string, ...verbs: string[]) => ({
  apiGroups: [group],
  resources: [resource],
  verbs,
});
const role = (name: string, ...rules: readonly unknown[]): KubeObject => ({
  apiVersion: `${RBAC}/v1`,
  kind: 'Role',
  metadata: { name, namespace: 'payments' },
  rules,
});
const clusterRole = (
  name: string,
  rules: readonly unknown[],
  metadata: object = {},
  rest: object = {},
): KubeObject => ({
  apiVersion: `${RBAC}/v1`,
  kind: 'ClusterRole',
  metadata: { name, ...metadata },
  rules,
  ...rest,
});
const group = (name: string) => ({ kind: 'Group', apiGroup: RBAC, name });
const account = (namespace: string, name: string) => ({ kind: 'ServiceAccount', namespace, name });
const binding = (name: string, to: string, ...subjects: readonly unknown[]): KubeObject => {
  const [kind = '', roleName = ''] = to.split(' ');
  return {
    apiVersion: `${RBAC}/v1`,
    kind: 'RoleBinding',
    metadata: { name, namespace: 'payments' },
    roleRef: { apiGroup: RBAC, kind, name: roleName },
    subjects,
  };
};
const TEAM = group('team-a');
const SECRETS = rule('', 'secrets', 'get');
const EVERYTHING = rule('*', '*', '*');

const findings = (objects: readonly KubeObject[], spec: RbacSpec = ALL): readonly Finding[] => {
  const { clusterRoles } = factsOf(projectedIndex(objects), undefined, undefined);
  return forbiddenGrants.inspect?.(spec, viewWith({ objects, facts: { clusterRoles } })).findings ?? [];
};
const found = (...objects: readonly KubeObject[]): readonly string[] => findings(objects).map(brief);

describe('rbac.forbidden-grants', () => {
  it('finds what a Role grants, and says to whom', () => {
    const objects = [role('reader', SECRETS), binding('a', 'Role reader', TEAM, account('ci', 'bot'))];
    expect(found(...objects)).to.deep.equal(['fail/high GrantsSecrets Role reader']);
    expect(findings(objects)[0]?.message).to.equal(
      'Role reader grants secrets-read (reads credentials; list, watch, patch and deletions show their contents too); bound to Group team-a, ServiceAccount ci/bot.',
    );
  });

  it('THREATS 6: finds what grants behind a flood of what grants nothing', () => {
    const flood = Array.from({ length: 600 }, (_, i) => [
      binding(`harmless-${i}`, 'ClusterRole view', TEAM),
      role(`harmless-${i}`, rule('', 'services', 'create')),
    ]).flat();
    const evil = [binding('evil', 'ClusterRole cluster-admin', TEAM), role('evil', SECRETS)];
    const shipped = [clusterRole('view', [rule('', 'pods', 'get')]), clusterRole('cluster-admin', [EVERYTHING])];
    expect(found(...shipped, ...flood, ...evil)).to.deep.equal([
      'fail/low GrantsSecrets Role evil',
      'fail/critical GrantsEverything RoleBinding evil',
      'unknown/high TooLargeToJudge Namespace payments',
      'unknown/high TooLargeToJudge Namespace payments',
    ]);
  });

  it('has a Role to which nobody is bound as low', () => {
    expect(found(role('reader', SECRETS))).to.deep.equal(['fail/low GrantsSecrets Role reader']);
    expect(findings([role('reader', SECRETS)])[0]?.message).to.contain('nobody is bound to it');
  });

  it('looks only for what is named, one finding a word, with the check of the worst right', () => {
    const wide = role('wide', SECRETS, rule('', 'serviceaccounts/token', 'create'), rule('', 'pods/exec', 'get'));
    const objects = [wide, binding('a', 'Role wide', TEAM)];
    const of = (...forbid: NonNullable<RbacSpec['forbid']>) =>
      findings(objects, { forbid }).map(({ reason, check }) => `${reason} ${check}`);
    expect(of('SecretReaders')).to.deep.equal(['GrantsSecrets SB-RBAC-003']);
    expect(of('Escalation', 'PodExec')).to.deep.equal(['GrantsEscalation SB-RBAC-010', 'GrantsPodExec SB-RBAC-006']);
    expect(of('Wildcards', 'WorkloadCreators')).to.deep.equal([]);
    expect(findings(objects, { roles: [] })).to.deep.equal([]);
  });

  it('follows a RoleBinding to its ClusterRole, in what a RoleBinding can grant', () => {
    const objects = [
      clusterRole('ops', [SECRETS, rule('', 'nodes/proxy', 'get')]),
      clusterRole('nodes', [rule('', 'nodes/proxy', 'get')]),
      binding('a', 'ClusterRole ops', TEAM),
      binding('b', 'ClusterRole nodes', TEAM),
      binding('c', 'ClusterRole gone', TEAM),
    ];
    expect(found(...objects)).to.deep.equal(['fail/high GrantsSecrets RoleBinding a']);
  });

  it('follows aggregation where the controller has not, also over several ClusterRoles', () => {
    const to = (label: string) => ({
      aggregationRule: { clusterRoleSelectors: [{ matchLabels: { [label]: 'yes' } }] },
    });
    const objects = [
      clusterRole('outer', [], {}, to('middle')),
      clusterRole('middle', [], { labels: { middle: 'yes' } }, to('inner')),
      clusterRole('inner', [rule('', 'pods/exec', 'create')], { labels: { inner: 'yes' } }),
      binding('a', 'ClusterRole outer', TEAM),
    ];
    expect(found(...objects)).to.deep.equal(['fail/high GrantsPodExec RoleBinding a']);
  });

  it('has cluster-admin and its equals as one finding, by any word', () => {
    const objects = [clusterRole('cluster-admin', [EVERYTHING]), binding('a', 'ClusterRole cluster-admin', TEAM)];
    expect(findings(objects, { forbid: ['PodExec'] }).map(brief)).to.deep.equal([
      'fail/critical GrantsEverything RoleBinding a',
    ]);
    expect(found(role('own', EVERYTHING), binding('b', 'Role own', TEAM))).to.deep.equal([
      'fail/critical GrantsEverything Role own',
    ]);
  });

  it('has bindings to everybody, to nobody in particular and to system:masters, whatever they grant', () => {
    const objects = [
      binding('anonymous', 'ClusterRole view', { kind: 'User', apiGroup: RBAC, name: 'system:anonymous' }),
      binding('all', 'ClusterRole view', group('system:authenticated'), TEAM),
      binding('accounts', 'ClusterRole view', group('system:serviceaccounts')),
      binding('masters', 'ClusterRole view', group('system:masters')),
      binding('both', 'ClusterRole view', group('system:authenticated'), group('system:unauthenticated')),
      clusterRole('view', []),
    ];
    expect(findings(objects).map((f) => `${brief(f)} ${f.check}`)).to.deep.equal([
      'fail/critical BoundToEverybody RoleBinding anonymous SB-RBAC-012',
      'fail/high BoundToEverybody RoleBinding all SB-RBAC-013',
      'fail/high BoundToEverybody RoleBinding accounts SB-RBAC-013',
      'fail/high BoundToEverybody RoleBinding masters SB-RBAC-014',
      'fail/critical BoundToEverybody RoleBinding both SB-RBAC-012',
    ]);
  });

  it('leaves out what is handed to the platform, and nobody who only looks like it', () => {
    const objects = [
      clusterRole('ops', [SECRETS]),
      clusterRole('system:ops', [SECRETS]),
      role('own', SECRETS),
      binding('a', 'ClusterRole ops', account('kube-system', 'x')),
      binding('a2', 'ClusterRole system:ops', group('system:nodes'), account('kube-system', 'default')),
      binding('b', 'Role own', { kind: 'User', name: 'system:serviceaccount:kube-system:x' }),
      binding('c', 'ClusterRole ops', { kind: 'User', name: 'system:serviceaccount:payments:x' }),
      binding('d', 'ClusterRole ops', group('system:serviceaccounts:payments'), account('kube-system', 'x')),
      binding('e', 'ClusterRole ops', group('system:nodes'), account('kube-system', 'default')),
    ];
    const messages = findings(objects).map(({ message }) => message.split('; bound to ')[1]);
    expect(messages).to.deep.equal([
      'ServiceAccount payments/x.',
      'Group system:serviceaccounts:payments.',
      'Group system:nodes, ServiceAccount kube-system/default.',
    ]);
  });

  it('THREATS 1: takes what the plan does not name for somebody else’s, whatever its name and labels', () => {
    const ours = { labels: { 'app.kubernetes.io/managed-by': 'drawbridge' } };
    const named = role('drawbridge-x', SECRETS);
    const objects = [
      { ...named, metadata: { ...named.metadata, ...ours } },
      binding('drawbridge-b', 'Role drawbridge-x', TEAM),
    ];
    expect(found(...objects)).to.deep.equal(['fail/high GrantsSecrets Role drawbridge-x']);
    const spec: RbacSpec = { ...ALL, roles: [{ name: 'x', rules: [SECRETS] }] };
    expect(findings(objects, spec)).to.deep.equal([]);
  });

  it('THREATS 6: does not judge what is above 256 KiB, nor more than 500 of a kind', () => {
    const long = Array.from({ length: 20_000 }, (_, i) => `team-${i}-of-many`);
    expect(
      found(
        role('large', { ...SECRETS, resourceNames: long }),
        binding('many', 'Role x', ...long.map(group)),
        clusterRole('huge', [{ ...SECRETS, resourceNames: long }]),
        binding('to-huge', 'ClusterRole huge', TEAM),
      ),
    ).to.deep.equal([
      'unknown/high TooLargeToJudge Role large',
      'unknown/high TooLargeToJudge RoleBinding many',
      'unknown/high TooLargeToJudge RoleBinding to-huge',
    ]);
    const flood = Array.from({ length: 501 }, (_, i) => role(`r${i}`, SECRETS));
    const last = findings(flood).at(-1);
    expect(last && brief(last)).to.equal('unknown/high TooLargeToJudge Namespace payments');
    expect(findings(flood)).to.have.lengthOf(501);
  });

  it('THREATS 6: escapes and cuts whom it names', () => {
    const eve = { kind: 'User', name: `eve\n${'x'.repeat(100)}` };
    const subjects = [eve, ...Array.from({ length: 9 }, (_, i) => group(`g${i}`))];
    const [finding] = findings([role('r', SECRETS), binding('a', 'Role r', ...subjects)]);
    expect(finding?.message).to.match(
      /bound to User eve\\nx{58}…, Group g0, Group g1, Group g2, Group g3 and 5 more\.$/,
    );
  });

  it('says that it does not know what ClusterRoles grant while none is known', () => {
    const objects = [binding('a', 'ClusterRole admin', TEAM)];
    const view = viewWith({ objects, facts: { clusterRoles: UNKNOWN } });
    expect(forbiddenGrants.inspect?.(ALL, view).findings.map(brief)).to.deep.equal([
      'unknown/medium ClusterRolesUnknown Namespace payments',
    ]);
  });

  it('has a verdict on every escalation path but those of traffic', () => {
    const ids = new Set(ESCALATION_PATHS.map(({ id }) => id));
    expect([...ids].filter((id) => !Object.hasOwn(FORBIDDEN_RIGHTS, id))).to.deep.equal(['network']);
    expect(Object.keys(FORBIDDEN_RIGHTS).filter((id) => id !== 'wildcards' && !ids.has(id))).to.deep.equal([]);
  });
});

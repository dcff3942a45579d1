import { expect } from 'chai';
import type { SecurityBaselineSpec } from '../../../src/api/types.ts';
import { clusterControls } from '../../../src/controls/index.ts';
import { inspectCluster } from '../../../src/core/control/clusterControl.ts';
import { factsOf } from '../../../src/core/facts/factsOf.ts';
import type { ApiServerPosture } from '../../../src/core/model/apiServerPosture.ts';
import { NOT_ASKED } from '../../../src/core/model/apiServerPosture.ts';
import type { Finding } from '../../../src/core/model/finding.ts';
import type { KubeObject } from '../../../src/k8s/object.ts';
import { projectedIndex } from '../../core/projectedIndex.ts';
import { brief, KNOWN } from '../fixtures.ts';

const RBAC = 'rbac.authorization.k8s.io';
type Checks = NonNullable<SecurityBaselineSpec['clusterChecks']>;

const group = (name: string) => ({ kind: 'Group', apiGroup: RBAC, name });
const user = (name: string) => ({ kind: 'User', apiGroup: RBAC, name });
const account = (namespace: string, name: string) => ({ kind: 'ServiceAccount', namespace, name });
const clusterRole = (name: string, ...rules: readonly unknown[]): KubeObject => ({
  apiVersion: `${RBAC}/v1`,
  kind: 'ClusterRole',
  metadata: { name },
  rules,
});
const binding = (name: string, role: string, ...subjects: readonly unknown[]): KubeObject => ({
  apiVersion: `${RBAC}/v1`,
  kind: 'ClusterRoleBinding',
  metadata: { name },
  roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: role },
  subjects,
});
const ADMIN = clusterRole('cluster-admin', { apiGroups: ['*'], resources: ['*'], verbs: ['*'] });
const NODES = clusterRole('nodes', { apiGroups: [''], resources: ['nodes/proxy'], verbs: ['get'] });
const VIEW = clusterRole('view', { apiGroups: [''], resources: ['pods'], verbs: ['get'] });

const spec = (clusterChecks: Checks | undefined, rest: Partial<SecurityBaselineSpec> = {}): SecurityBaselineSpec => ({
  enforcement: 'Audit',
  namespaceSelector: { matchLabels: {} },
  ...(clusterChecks === undefined ? {} : { clusterChecks }),
  ...rest,
});

function look(of: SecurityBaselineSpec, objects: readonly KubeObject[], apiServer = NOT_ASKED): readonly Finding[] {
  const index = projectedIndex(objects);
  const { clusterRoles } = factsOf(index, undefined, undefined);
  const facts = { ...KNOWN, clusterRoles };
  return inspectCluster(clusterControls, of, {
    ownNamespace: 'drawbridge-system',
    facts,
    apiServer,
    knows: () => true,
    ofKind: index.ofKind,
  });
}
const found = (checks: Checks, ...objects: readonly KubeObject[]): readonly string[] =>
  look(spec(checks), [ADMIN, NODES, VIEW, ...objects]).map(brief);

describe('posture.cluster-grants', () => {
  it('finds what each word names, and nothing that no word names', () => {
    const objects = [
      binding('ops', 'cluster-admin', group('ops')),
      binding('kubelets', 'nodes', user('eve')),
      binding('all', 'view', group('system:authenticated')),
    ];
    const admin = 'fail/critical GrantsEverything ClusterRoleBinding ops';
    const kubelets = 'ClusterRoleBinding kubelets';
    expect(found(['ClusterAdmin'], ...objects)).to.deep.equal([admin]);
    expect(found(['Everybody'], ...objects)).to.deep.equal(['fail/high BoundToEverybody ClusterRoleBinding all']);
    expect(found(['Escalation'], ...objects)).to.deep.equal([admin, `fail/critical GrantsEscalation ${kubelets}`]);
    expect(found(['PodExec'], ...objects)).to.deep.equal([admin, `fail/critical GrantsPodExec ${kubelets}`]);
    expect(found(['AuditLog'], ...objects)).to.deep.equal(['unknown/medium AuditLogUnknown Service kubernetes']);
    expect(look(spec(undefined), objects)).to.deep.equal([]);
  });

  it('looks for what rbac.forbid names, too, and for bindings to everybody with any of it', () => {
    const objects = [
      NODES,
      VIEW,
      binding('kubelets', 'nodes', user('eve')),
      binding('all', 'view', user('system:anonymous')),
    ];
    const forbid = (...words: readonly ('PodExec' | 'SecretReaders')[]) =>
      look(spec(undefined, { rbac: { forbid: words } }), objects).map(brief);
    const all = 'fail/critical BoundToEverybody ClusterRoleBinding all';
    expect(forbid('PodExec')).to.deep.equal(['fail/critical GrantsPodExec ClusterRoleBinding kubelets', all]);
    expect(forbid('SecretReaders')).to.deep.equal([all]);
  });

  it('leaves out the bindings that a cluster and kubeadm begin with, while nobody else is in them', () => {
    const masters = binding('cluster-admin', 'cluster-admin', group('system:masters'));
    const kubeadm = binding('kubeadm:cluster-admins', 'cluster-admin', group('kubeadm:cluster-admins'));
    const proxier = clusterRole('system:proxier', { apiGroups: [''], resources: ['nodes/proxy'], verbs: ['get'] });
    const platform = binding('proxier', 'system:proxier', account('kube-system', 'dns'), user('system:kube-proxy'));
    expect(found(['ClusterAdmin', 'Escalation', 'Everybody'], masters, kubeadm, proxier, platform)).to.deep.equal([]);
    const eve = user('eve');
    expect(
      found(
        ['ClusterAdmin', 'Everybody'],
        binding('cluster-admin', 'cluster-admin', group('system:masters'), eve),
        binding('kubeadm:cluster-admins', 'cluster-admin', group('kubeadm:cluster-admins'), eve),
        binding('another', 'cluster-admin', group('system:masters')),
        binding('nodes', 'cluster-admin', group('system:nodes')),
      ),
    ).to.deep.equal([
      'fail/high BoundToEverybody ClusterRoleBinding cluster-admin',
      'fail/critical GrantsEverything ClusterRoleBinding cluster-admin',
      'fail/critical GrantsEverything ClusterRoleBinding kubeadm:cluster-admins',
      'fail/high BoundToEverybody ClusterRoleBinding another',
      'fail/critical GrantsEverything ClusterRoleBinding another',
      'fail/critical GrantsEverything ClusterRoleBinding nodes',
    ]);
  });

  it('leaves out what the server lets all its users read, as long as it is no more than it ships', () => {
    const info = (...urls: string[]) =>
      clusterRole('system:public-info-viewer', { nonResourceURLs: urls, verbs: ['get'] });
    const all = [group('system:authenticated'), group('system:unauthenticated')];
    const bound = binding('system:public-info-viewer', 'system:public-info-viewer', ...all);
    expect(found(['Everybody'], info('/healthz', '/version'), bound)).to.deep.equal([]);
    expect(found(['Everybody'], info('/healthz', '/metrics'), bound)).to.deep.equal([
      'fail/critical BoundToEverybody ClusterRoleBinding system:public-info-viewer',
    ]);
    const discovery = clusterRole('system:discovery', { nonResourceURLs: ['/api'], verbs: ['get'] });
    expect(
      found(['Everybody'], discovery, binding('d', 'system:discovery', group('system:authenticated'))),
    ).to.deep.equal([]);
    // So it was until 1.14, and so it stays in clusters that were upgraded.
    expect(found(['Everybody'], discovery, binding('d', 'system:discovery', ...all))).to.deep.equal([
      'fail/critical BoundToEverybody ClusterRoleBinding d',
    ]);
  });

  it('leaves out the operator itself, and nobody beside it', () => {
    const own = account('drawbridge-system', 'drawbridge');
    expect(found(['Escalation'], binding('drawbridge', 'nodes', own))).to.deep.equal([]);
    expect(found(['Escalation'], binding('drawbridge', 'nodes', own, user('eve')))).to.have.lengthOf(1);
  });

  it('is unknown while no ClusterRole is known', () => {
    expect(look(spec(['ClusterAdmin']), [binding('ops', 'cluster-admin', group('ops'))]).map(brief)).to.deep.equal([
      'unknown/medium ClusterRolesUnknown ClusterRoleBinding cluster-admin',
    ]);
  });
});

describe('posture.api-server', () => {
  const known = <T>(value: T) => ({ known: true, value }) as const;
  const judged = (check: Checks[number], posture: Partial<ApiServerPosture>): readonly string[] =>
    look(spec([check]), [], { ...NOT_ASKED, ...posture }).map(
      ({ result, severity, reason }) => `${result}/${severity} ${reason}`,
    );

  it('judges anonymous access by what GET /api says without credentials', () => {
    const of = (status: number) => judged('AnonymousAccess', { anonymous: known(status) });
    expect(of(401)).to.deep.equal([]);
    expect(of(403)).to.deep.equal(['warn/medium AnonymousAccess']);
    expect(of(200)).to.deep.equal(['fail/critical AnonymousReads']);
    for (const status of [302, 404, 429, 503])
      expect(of(status)).to.deep.equal(['unknown/medium AnonymousAccessUnknown']);
  });

  it('takes RBAC for proved only where it is the reason', () => {
    const of = (allowsAnything: boolean, hasRbac: boolean) =>
      judged('Authorization', { authorization: known({ allowsAnything, hasRbac }) });
    expect(of(false, true)).to.deep.equal([]);
    expect(of(false, false)).to.deep.equal(['unknown/high AuthorizationUnknown']);
    for (const hasRbac of [true, false])
      expect(of(true, hasRbac)).to.deep.equal(['fail/critical AuthorizationPermissive']);
  });

  it('takes audit for on only where events were counted', () => {
    expect(judged('AuditLog', { auditEvents: known(7) })).to.deep.equal([]);
    expect(judged('AuditLog', { auditEvents: known(0) })).to.deep.equal(['fail/high AuditLogOff']);
  });

  it('never passes what is not known', () => {
    for (const check of ['AnonymousAccess', 'Authorization', 'AuditLog'] as const) {
      expect(
        judged(check, {}).map((line) => line.split('/')[0]),
        check,
      ).to.deep.equal(['unknown']);
    }
  });
});

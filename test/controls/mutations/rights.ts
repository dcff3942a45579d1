import type { Row } from './changes.ts';
import { after, all, edit, editMeta, minus, plus, redeclare, relabel } from './changes.ts';
import { binding, group, role, rule, user } from './objects.ts';

const EVE = user('eve');

const OURS: readonly Row[] = [
  ['our Role is deleted', 'SB-RBAC-002 Missing', minus('Role', 'drawbridge-viewer')],
  [
    'our Role is widened',
    'SB-RBAC-002 Modified',
    edit('Role', 'drawbridge-viewer', { rules: [rule('get,list,watch,delete', 'pods')] }),
  ],
  ['our binding is deleted', 'SB-RBAC-002 Missing', minus('RoleBinding', 'drawbridge-viewers')],
  [
    'somebody is added to our binding',
    'SB-RBAC-002 Modified',
    edit('RoleBinding', 'drawbridge-viewers', { subjects: [group('team-payments'), EVE] }),
  ],
  [
    'our binding binds another role',
    'SB-RBAC-002 RoleRefReplaced',
    edit('RoleBinding', 'drawbridge-viewers', {
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
    }),
  ],
  [
    'our Role is somebody’s to collect',
    'SB-RBAC-002 Modified',
    editMeta('Role', 'drawbridge-viewer', {
      ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'x', uid: 'gone' }],
    }),
  ],
  [
    'the namespace has no team',
    ['SB-RBAC-002 NotDeclared', 'SB-RBAC-013 SubjectLabelMissing'],
    relabel({ team: undefined }),
  ],
  ['the label of a team is no name', ['SB-RBAC-002 NotDeclared', 'SB-RBAC-013 SubjectRefused'], relabel({ team: '' })],
  [
    'a binding is to a role that the baseline has not',
    'SB-RBAC-005 RoleRefMissing',
    redeclare(({ rbac }) => ({
      rbac: {
        ...rbac,
        roleBindings: [
          { name: 'x', roleRef: { kind: 'Role', name: 'none' }, subjects: [{ kind: 'Group', name: 'team-a' }] },
        ],
      },
    })),
  ],
];

const NOT_KNOWN: readonly Row[] = [
  [
    'less may be handed out',
    ['SB-RBAC-002 Modified', 'SB-RBAC-005 RuleNotGranted'],
    edit('ClusterRole', 'drawbridge-grantable', { rules: [rule('get', 'pods')] }),
  ],
  [
    'what may be handed out is gone before it was known',
    'SB-RBAC-005 GrantableUnknown',
    minus('ClusterRole', 'drawbridge-grantable'),
  ],
  [
    'what may be handed out is gone',
    'SB-RBAC-005 GrantableFactStale',
    after(minus('ClusterRole', 'drawbridge-grantable')),
  ],
  [
    'no ClusterRole is known, and one is bound',
    ['SB-RBAC-005 ClusterRolesUnknown', 'SB-RBAC-005 GrantableUnknown'],
    all(plus(binding('x', 'ClusterRole/view', EVE)), minus('ClusterRole')),
  ],
  [
    'a Role is too large to judge',
    'SB-RBAC-005 TooLargeToJudge',
    plus({
      ...role('large'),
      metadata: { name: 'large', namespace: 'payments', annotations: { x: 'x'.repeat(300_000) } },
    }),
  ],
  ['a Role has our prefix', 'SB-RBAC-005 ReservedNameInUse', plus(role('drawbridge-mine', rule('get', 'pods')))],
  ['a binding has our prefix', 'SB-RBAC-005 ReservedNameInUse', plus(binding('drawbridge-mine', 'Role/reader', EVE))],
];

export const RIGHTS_ROWS: readonly Row[] = [...OURS, ...NOT_KNOWN];

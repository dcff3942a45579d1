import type { Mutation, Row } from './changes.ts';
import { plus } from './changes.ts';
import { binding, clusterBinding, clusterRole, group, role, rule, user } from './objects.ts';

const EVE = user('eve');

/** A Role of somebody, bound to Eve. */
const granted = (...rules: readonly object[]): Mutation =>
  plus(role('hers', ...rules), binding('hers', 'Role/hers', EVE));
/** The same by a ClusterRole, in this namespace. */
const grantedHere = (...rules: readonly object[]): Mutation =>
  plus(clusterRole('hers', ...rules), binding('hers', 'ClusterRole/hers', EVE));
/** The same in the whole cluster. */
const grantedEverywhere = (...rules: readonly object[]): Mutation =>
  plus(clusterRole('hers', ...rules), clusterBinding('hers', 'hers', EVE));

const everything = rule('*', '*', '*');
const EVERYTHING: readonly Row[] = [
  ['a Role grants everything', 'SB-RBAC-001 GrantsEverything', granted(everything)],
  ['to nobody yet', 'SB-RBAC-001 GrantsEverything', plus(role('all', everything))],
  ['cluster-admin is bound here', 'SB-RBAC-001 GrantsEverything', plus(binding('x', 'ClusterRole/cluster-admin', EVE))],
  ['cluster-admin is bound', 'SB-RBAC-001 GrantsEverything', plus(clusterBinding('x', 'cluster-admin', EVE))],
];

const WILDCARDS: readonly Row[] = [
  ['a Role has all groups', 'SB-RBAC-002 GrantsWildcards', granted(rule('get', 'endpoints', '*'))],
  ['a Role has all verbs', 'SB-RBAC-002 GrantsWildcards', granted(rule('*', 'endpoints'))],
  ['a ClusterRole has all resources', 'SB-RBAC-002 GrantsWildcards', grantedHere(rule('get', '*', 'events.k8s.io'))],
  [
    'all that is under a resource, everywhere',
    'SB-RBAC-002 GrantsWildcards',
    grantedEverywhere(rule('get', '*/status', 'events.k8s.io')),
  ],
];

const BY_RIGHT: readonly Row[] = [
  ['a Role reads a Secret', 'SB-RBAC-003 GrantsSecrets', granted(rule('get', 'secrets'))],
  ['a Role lists Secrets', 'SB-RBAC-003 GrantsSecrets', granted(rule('list', 'secrets'))],
  ['a ClusterRole watches Secrets', 'SB-RBAC-003 GrantsSecrets', grantedHere(rule('watch', 'secrets'))],
  ['Secrets are read everywhere', 'SB-RBAC-003 GrantsSecrets', grantedEverywhere(rule('get', 'secrets'))],
  ['a Role makes pods', 'SB-RBAC-004 GrantsWorkloads', granted(rule('create', 'pods'))],
  ['a Role edits Deployments', 'SB-RBAC-004 GrantsWorkloads', granted(rule('patch', 'deployments', 'apps'))],
  ['a ClusterRole makes CronJobs', 'SB-RBAC-004 GrantsWorkloads', grantedHere(rule('create', 'cronjobs', 'batch'))],
  ['a Role impersonates', 'SB-RBAC-005 GrantsEscalation', granted(rule('impersonate', 'serviceaccounts'))],
  [
    'a Role may bind any role',
    'SB-RBAC-005 GrantsEscalation',
    granted(rule('bind', 'roles', 'rbac.authorization.k8s.io')),
  ],
  [
    'a ClusterRole changes Roles',
    'SB-RBAC-005 GrantsEscalation',
    grantedHere(rule('update', 'roles', 'rbac.authorization.k8s.io')),
  ],
  [
    'baselines are written everywhere',
    'SB-RBAC-005 GrantsEscalation',
    grantedEverywhere(rule('create', 'securitybaselines', 'drawbridge.dev')),
  ],
  ['a Role gets into pods', 'SB-RBAC-006 GrantsPodExec', granted(rule('create', 'pods/exec'))],
  ['a Role forwards ports, by get', 'SB-RBAC-006 GrantsPodExec', granted(rule('get', 'pods/portforward'))],
  [
    'a ClusterRole adds containers to pods',
    'SB-RBAC-006 GrantsPodExec',
    grantedHere(rule('patch', 'pods/ephemeralcontainers')),
  ],
  ...['get', 'create', 'patch'].map(
    (verb): Row => [
      `nodes/proxy is granted with ${verb}`,
      ['SB-RBAC-007 GrantsEscalation', 'SB-RBAC-007 GrantsPodExec'],
      grantedEverywhere(rule(verb, 'nodes/proxy')),
    ],
  ),
  [
    'signing certificates is granted',
    'SB-RBAC-008 GrantsEscalation',
    grantedEverywhere(rule('sign', 'signers', 'certificates.k8s.io')),
  ],
  [
    'approving certificates is granted',
    'SB-RBAC-008 GrantsEscalation',
    grantedEverywhere(rule('update', 'certificatesigningrequests/approval', 'certificates.k8s.io')),
  ],
  [
    'writing what was signed is granted',
    'SB-RBAC-008 GrantsEscalation',
    grantedEverywhere(rule('patch', 'certificatesigningrequests/status', 'certificates.k8s.io')),
  ],
  ...[
    'validatingwebhookconfigurations',
    'mutatingwebhookconfigurations',
    'validatingadmissionpolicies',
    'validatingadmissionpolicybindings',
  ].map(
    (resource): Row => [
      `${resource} are deleted`,
      'SB-RBAC-009 GrantsEscalation',
      grantedEverywhere(rule('delete', resource, 'admissionregistration.k8s.io')),
    ],
  ),
  ['a Role mints tokens', 'SB-RBAC-010 GrantsEscalation', granted(rule('create', 'serviceaccounts/token'))],
  ['a Role makes Secrets', 'SB-RBAC-010 GrantsEscalation', granted(rule('create', 'secrets'))],
  ['a ClusterRole mints tokens', 'SB-RBAC-010 GrantsEscalation', grantedHere(rule('create', 'serviceaccounts/token'))],
  ['labels of namespaces are patched', 'SB-PSA-006 GrantsEscalation', grantedEverywhere(rule('patch', 'namespaces'))],
  ['namespaces are updated', 'SB-PSA-006 GrantsEscalation', grantedEverywhere(rule('update', 'namespaces'))],
  ['a Role patches its namespace', 'SB-PSA-006 GrantsEscalation', granted(rule('patch', 'namespaces'))],
];

const to = (name: string): Mutation => plus(binding('all', 'ClusterRole/view', group(name)));
const EVERYBODY: readonly Row[] = [
  [
    'the anonymous user is bound',
    'SB-RBAC-012 BoundToEverybody',
    plus(binding('all', 'Role/reader', user('system:anonymous'))),
  ],
  ['who is not authenticated is bound', 'SB-RBAC-012 BoundToEverybody', to('system:unauthenticated')],
  [
    'the same everywhere',
    'SB-RBAC-012 BoundToEverybody',
    plus(clusterBinding('all', 'view', group('system:unauthenticated'))),
  ],
  ['every user is bound', 'SB-RBAC-013 BoundToEverybody', to('system:authenticated')],
  ['every ServiceAccount is bound', 'SB-RBAC-013 BoundToEverybody', to('system:serviceaccounts')],
  [
    'every user is bound everywhere',
    'SB-RBAC-013 BoundToEverybody',
    plus(clusterBinding('all', 'view', group('system:authenticated'))),
  ],
  ['system:masters is bound', 'SB-RBAC-014 BoundToEverybody', to('system:masters')],
  [
    'system:masters is bound everywhere',
    'SB-RBAC-014 BoundToEverybody',
    plus(clusterBinding('all', 'view', group('system:masters'))),
  ],
  [
    'system:masters is bound to a Role',
    'SB-RBAC-014 BoundToEverybody',
    plus(binding('all', 'Role/reader', group('system:masters'), EVE)),
  ],
];

export const GRANT_ROWS: readonly Row[] = [...EVERYTHING, ...WILDCARDS, ...BY_RIGHT, ...EVERYBODY];

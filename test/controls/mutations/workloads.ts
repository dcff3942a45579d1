import type { KubeObject } from '../../../src/k8s/object.ts';
import { HOST_PATH, ownedBy, pod, workload } from '../network/podFixtures.ts';
import type { Mutation, Row } from './changes.ts';
import { edit, minus, plus, relabel } from './changes.ts';

const LABEL = 'pod-security.kubernetes.io/';
const PRIVILEGED = { containers: [{ name: 'main', image: 'none', securityContext: { privileged: true } }] };

/** Nothing was raised yet, and what would break is there. */
const neverRaised =
  (...broken: readonly KubeObject[]): Mutation =>
  (world) =>
    relabel({ [`${LABEL}enforce`]: undefined, [`${LABEL}enforce-version`]: undefined })({
      ...plus(...broken)(world),
      held: world.held.map(({ levels: _levels, ...section }) => section),
    });

const LEVELS: readonly Row[] = [
  ['the level is lowered', 'SB-PSA-001 Modified', relabel({ [`${LABEL}enforce`]: 'privileged' })],
  ['the level is taken off', 'SB-PSA-001 Modified', relabel({ [`${LABEL}enforce`]: undefined })],
  ['the version is an older one', 'SB-PSA-001 Modified', relabel({ [`${LABEL}enforce-version`]: 'v1.25' })],
  ['nobody is warned any more', 'SB-PSA-001 Modified', relabel({ [`${LABEL}warn`]: undefined })],
  ['a team enforces more', 'SB-PSA-001 StricterLevelKept', relabel({ [`${LABEL}enforce`]: 'restricted' })],
  [
    'the level was never reached, and a workload would break',
    ['SB-PSA-001 RaiseHeld', 'SB-PSA-004 BreaksPodSecurity'],
    neverRaised(workload('Deployment', 'bad', { app: 'web' }, PRIVILEGED)),
  ],
  ['a team audits more', 'SB-PSA-002 StricterLevelKept', relabel({ [`${LABEL}audit`]: 'restricted' })],
  ['a team is warned of more', 'SB-PSA-002 StricterLevelKept', relabel({ [`${LABEL}warn`]: 'restricted' })],
  [
    'a team is warned by a newer version',
    'SB-PSA-002 StricterLevelKept',
    relabel({ [`${LABEL}warn-version`]: 'latest' }),
  ],
  [
    'a Deployment is privileged',
    'SB-PSA-004 BreaksPodSecurity',
    plus(workload('Deployment', 'bad', { app: 'web' }, PRIVILEGED)),
  ],
  [
    'a pod says that a Deployment which is right has made it',
    'SB-PSA-004 PodsBreakPodSecurity',
    plus(pod('bad', { app: 'web' }, HOST_PATH, ownedBy('Deployment', 'web'))),
  ],
  ['a pod mounts of its node', 'SB-PSA-004 BreaksPodSecurity', plus(pod('bad', { app: 'web' }, HOST_PATH))],
  [
    'a StatefulSet is among the processes of its node',
    'SB-PSA-004 BreaksPodSecurity',
    plus(workload('StatefulSet', 'bad', { app: 'web' }, { hostPID: true })),
  ],
];

const TOKEN: readonly Row[] = [
  [
    'tokens are mounted',
    'SB-RBAC-015 Modified',
    edit('ServiceAccount', 'default', { automountServiceAccountToken: true }),
  ],
  [
    'the account is as it is made',
    'SB-RBAC-015 Modified',
    edit('ServiceAccount', 'default', { automountServiceAccountToken: undefined }),
  ],
  [
    'the field is null',
    'SB-RBAC-015 Modified',
    edit('ServiceAccount', 'default', { automountServiceAccountToken: null }),
  ],
];

const named = (kind: string, name: string, labels: Readonly<Record<string, string>>, spec: object): KubeObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { name, namespace: 'payments', labels },
  spec,
});
const LIMITS = { limits: [{ type: 'Pod', max: { cpu: '64' } }] };

const RESOURCES: readonly Row[] = [
  [
    'a LimitRange has our prefix',
    'SB-QOS-001 ReservedNameInUse',
    plus(named('LimitRange', 'drawbridge-mine', {}, LIMITS)),
  ],
  [
    'a LimitRange has our prefix and another manager',
    'SB-QOS-001 ReservedNameInUse',
    plus(named('LimitRange', 'drawbridge-helm', { 'app.kubernetes.io/managed-by': 'helm' }, LIMITS)),
  ],
  [
    'a LimitRange claims a control, and not to be managed',
    'SB-QOS-001 ReservedNameInUse',
    plus(named('LimitRange', 'drawbridge-limits-2', { 'drawbridge.dev/control': 'resources.limit-range' }, LIMITS)),
  ],
  ['the quota is deleted', 'SB-QOS-002 Missing', minus('ResourceQuota')],
  [
    'the quota is raised',
    'SB-QOS-002 Modified',
    edit('ResourceQuota', 'drawbridge-quota', { spec: { hard: { pods: '500' } } }),
  ],
  ['the LimitRange is deleted', 'SB-QOS-002 Missing', minus('LimitRange')],
  [
    'more is used than the quota allows',
    'SB-QOS-002 UsageAboveQuota',
    edit('ResourceQuota', 'drawbridge-quota', { status: { hard: { pods: '50' }, used: { pods: '51' } } }),
  ],
  [
    'a quota has our prefix',
    'SB-QOS-002 ReservedNameInUse',
    plus(named('ResourceQuota', 'drawbridge-mine', {}, { hard: { pods: '1' } })),
  ],
];

export const WORKLOAD_ROWS: readonly Row[] = [...LEVELS, ...TOKEN, ...RESOURCES];

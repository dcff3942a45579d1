import type { NetworkSpec, SecurityBaselineSpec } from '../../../src/api/types.ts';
import { SECTIONS } from '../../../src/api/types.ts';
import { newMemory } from '../../../src/core/gates/memory.ts';
import type { Held } from '../../../src/core/govern/held.ts';
import type { Labels } from '../../../src/k8s/object.ts';
import { baselineWith } from '../../support/build.ts';
import { CLUSTER, TENANTS } from './objects.ts';
import type { World } from './world.ts';
import { settled } from './world.ts';

const NETWORK: NetworkSpec = {
  defaultDeny: ['Ingress', 'Egress'],
  allow: {
    dns: {},
    apiServer: {},
    apiServerCallbacks: { cidrs: ['192.168.0.0/24'] },
    sameNamespace: ['Ingress', 'Egress'],
    rules: [
      {
        name: 'from-ingress',
        podSelector: { matchLabels: { app: 'web' } },
        ingress: [
          {
            from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'ingress-nginx' } } }],
            ports: [{ port: 8080 }],
          },
        ],
      },
    ],
  },
  blockedCidrs: ['169.254.169.254/32'],
};

/** Every section, and every check of the cluster. */
const SPEC: SecurityBaselineSpec = {
  enforcement: 'Enforce',
  priority: 100,
  namespaceSelector: { matchLabels: { baseline: 'restricted' } },
  network: NETWORK,
  rbac: {
    roles: [{ name: 'viewer', rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch'] }] }],
    roleBindings: [
      {
        name: 'viewers',
        roleRef: { kind: 'Role', name: 'viewer' },
        subjects: [{ kind: 'Group', name: 'team-$(namespace.labels.team)' }],
      },
    ],
    forbid: ['Wildcards', 'Escalation', 'SecretReaders', 'PodExec', 'WorkloadCreators'],
  },
  serviceAccounts: { defaultToken: 'Disabled' },
  podSecurity: { enforce: 'baseline', audit: 'baseline', warn: 'baseline', version: 'v1.31' },
  resources: {
    quota: { hard: { pods: '50' } },
    limitRange: { limits: [{ type: 'Container', default: { memory: '256Mi' } }] },
  },
  clusterChecks: ['ClusterAdmin', 'Everybody', 'AnonymousAccess', 'Authorization', 'AuditLog'],
};

const GRADE = { level: 'baseline', version: 'v1.31' } as const;
const RESTRICTED = baselineWith('restricted', SPEC);

/** Held for a while: closed once, and raised. */
const HELD: Held = SECTIONS.map((section) => ({
  section,
  baseline: RESTRICTED.name,
  baselineUid: RESTRICTED.uid,
  selectedBy: [{ key: 'baseline', value: 'restricted' }],
  ...(section === 'network' ? { closed: ['Ingress', 'Egress'] as const } : {}),
  ...(section === 'podSecurity' ? { levels: { enforce: GRADE, audit: GRADE, warn: GRADE } } : {}),
}));

const levelLabels: Labels = Object.fromEntries(
  ['enforce', 'audit', 'warn'].flatMap((mode) => [
    [`pod-security.kubernetes.io/${mode}`, GRADE.level],
    [`pod-security.kubernetes.io/${mode}-version`, GRADE.version],
  ]),
);

const known = <T>(value: T) => ({ known: true, value }) as const;

/** Nothing is wrong in it. */
export const COMPLIANT: World = settled({
  baselines: [RESTRICTED],
  labels: { baseline: 'restricted', team: 'payments', ...levelLabels },
  objects: [...CLUSTER, ...TENANTS],
  held: HELD,
  served: ['apps', 'networking.k8s.io'],
  posture: {
    anonymous: known(401),
    authorization: known({ allowsAnything: false, hasRbac: true }),
    auditEvents: known(7),
  },
  memory: newMemory(0),
});

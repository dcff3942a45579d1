import type { NetworkSpec } from '../../../src/api/types.ts';
import { policy } from '../fixtures.ts';
import { edit, plus, redeclare } from '../mutations/changes.ts';
import { COMPLIANT } from '../mutations/compliant.ts';
import { binding, group, role, rule, user } from '../mutations/objects.ts';
import type { World } from '../mutations/world.ts';
import { called } from '../network/callbackFixtures.ts';
import { ON_HOST, pod, workload } from '../network/podFixtures.ts';

const NETWORK: NetworkSpec = {
  defaultDeny: ['Egress', 'Ingress'],
  blockedCidrs: ['169.254.169.254/32', 'fd00:ec2::254/128'],
  foreignPolicies: 'Remove',
  allow: {
    dns: {},
    apiServer: {},
    apiServerCallbacks: {},
    sameNamespace: ['Ingress', 'Egress'],
    rules: [
      {
        name: 'to-internet',
        podSelector: { matchExpressions: [{ key: 'egress', operator: 'Exists' }] },
        egress: [{ to: [{ ipBlock: { cidr: '0.0.0.0/0', except: ['10.0.0.0/8'] } }], ports: [{ port: 443 }] }],
      },
      {
        name: 'anywhere',
        podSelector: { matchLabels: { app: 'web' } },
        egress: [{ to: [], ports: [{ port: 'smtp' }] }],
      },
      {
        name: 'metadata',
        podSelector: { matchLabels: {} },
        egress: [{ to: [{ ipBlock: { cidr: '169.254.169.254/32' } }], ports: [] }],
      },
      {
        name: `from-${'a'.repeat(60)}`,
        podSelector: { matchLabels: { app: 'web' } },
        ingress: [{ from: [{ podSelector: { matchLabels: {} } }], ports: [{ protocol: 'UDP', port: 1, endPort: 9 }] }],
      },
    ],
  },
};

const asked = redeclare(({ rbac }) => ({
  network: NETWORK,
  rbac: {
    ...rbac,
    roles: [
      {
        name: 'viewer',
        rules: [
          { apiGroups: [''], resources: ['pods'], verbs: ['list', 'get'] },
          { apiGroups: [''], resources: ['secrets'], verbs: ['get'] },
        ],
      },
      { name: 'nothing', rules: [{ apiGroups: ['apps'], resources: ['deployments'], verbs: ['delete'] }] },
    ],
    roleBindings: [
      {
        name: 'viewers',
        roleRef: { kind: 'Role', name: 'viewer' },
        subjects: [
          { kind: 'Group', name: 'team-$(namespace.labels.team)' },
          { kind: 'User', name: 'owner-of-$(namespace.name)' },
          { kind: 'ServiceAccount', name: 'dashboard' },
        ],
      },
      {
        name: 'lost',
        roleRef: { kind: 'ClusterRole', name: 'view' },
        subjects: [{ kind: 'Group', name: 'tier-$(namespace.labels.tier)' }],
      },
    ],
  },
  podSecurity: {
    enforce: 'restricted',
    audit: 'restricted',
    warn: 'restricted',
    version: 'latest',
    onViolation: 'Hold',
  },
  resources: {
    quota: { hard: { pods: '1000', 'limits.memory': '1024Mi' } },
    limitRange: {
      limits: [
        { type: 'Container', max: { memory: '8Gi' }, default: { memory: '256Mi' }, min: { cpu: '0.01' } },
        { type: 'PersistentVolumeClaim', max: { storage: '0.5Ti' } },
      ],
    },
  },
}));

const wronged = plus(
  policy('open', { podSelector: {}, policyTypes: ['Ingress'], ingress: [{}] }),
  policy('metadata', {
    podSelector: {},
    policyTypes: ['Egress'],
    egress: [{ to: [{ ipBlock: { cidr: '169.254.0.0/16' } }] }],
  }),
  policy('nobody', { podSelector: { matchLabels: { app: 'gone' } }, policyTypes: ['Ingress'] }),
  policy('drawbridge-mine', { podSelector: {}, policyTypes: ['Ingress'] }),
  role('shell', rule('create', 'pods/exec')),
  binding('shells', 'Role/shell', user('eve')),
  binding('all', 'ClusterRole/cluster-admin', group('system:authenticated')),
  workload('Deployment', 'old', { app: 'old' }, { hostPID: true }),
  pod('agent', { app: 'agent' }, ON_HOST),
);

/** A baseline that says much, where much is wrong. */
export const RICH: World = edit('ResourceQuota', 'drawbridge-quota', {
  status: { hard: { pods: '1k' }, used: { pods: '1001' } },
})(wronged({ ...asked(COMPLIANT), facts: { callbacks: called() } }));

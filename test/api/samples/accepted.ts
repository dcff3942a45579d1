import type { NewObject } from '../../support/kubeAdmin.ts';
import { baseline } from './baselines.ts';

/** Every field of a baseline, once; empty lists and maps where they say "all". */
export const FULL_BASELINE: NewObject = baseline(
  {
    enforcement: 'Enforce',
    priority: 100,
    suspend: false,
    deletionPolicy: 'Retain',
    namespaceSelector: {
      matchLabels: { baseline: 'restricted', 'example.com/team': '' },
      matchExpressions: [
        { key: 'tier', operator: 'In', values: ['gold', 'silver'] },
        { key: 'sandbox', operator: 'DoesNotExist' },
      ],
    },
    excludedNamespaces: ['sandbox-*', 'team-?', 'lab'],
    includedSystemNamespaces: ['kube-public'],
    network: {
      enforcement: 'Audit',
      defaultDeny: ['Ingress', 'Egress'],
      allow: {
        dns: { to: [{ ipBlock: { cidr: '169.254.20.10/32' } }], ports: [{ protocol: 'UDP', port: 53 }] },
        apiServer: { cidrs: ['10.0.0.1/32', '2001:db8::1/128'], ports: [443, 6443] },
        sameNamespace: ['Ingress', 'Egress'],
        apiServerCallbacks: { cidrs: ['10.0.0.0/24', '2001:db8::/64'] },
        rules: [
          {
            name: 'from-ingress',
            podSelector: { matchLabels: { app: 'web' } },
            ingress: [
              {
                from: [
                  { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'ingress-nginx' } } },
                  { podSelector: { matchLabels: {} }, namespaceSelector: { matchLabels: {} } },
                ],
                ports: [{ port: 8080 }, { protocol: 'TCP', port: 'http' }, { port: 9000, endPort: 9010 }],
              },
            ],
          },
          { name: 'everywhere', podSelector: { matchLabels: {} }, ingress: [{ from: [], ports: [] }], egress: [] },
          {
            name: 'out',
            podSelector: { matchExpressions: [] },
            egress: [
              {
                to: [{ ipBlock: { cidr: '0.0.0.0/0', except: ['10.0.0.0/8', '172.16.0.0/12'] } }],
                ports: [{ protocol: 'TCP', port: 1, endPort: 65535 }],
              },
              { to: [{ ipBlock: { cidr: '::/0', except: ['2001:db8::/32'] } }], ports: [] },
            ],
          },
        ],
      },
      blockedCidrs: ['169.254.169.254/32'],
      preflight: 'Hold',
      foreignPolicies: 'Report',
    },
    rbac: {
      enforcement: 'Enforce',
      forbid: ['Wildcards', 'Escalation', 'SecretReaders', 'PodExec', 'WorkloadCreators'],
      roles: [
        {
          name: 'viewer',
          rules: [
            {
              apiGroups: ['', 'apps'],
              resources: ['pods', 'pods/log', 'deployments'],
              verbs: ['get', 'list', 'watch'],
            },
            { apiGroups: ['networking.k8s.io'], resources: ['networkpolicies'], verbs: ['get', 'list', 'watch'] },
            { apiGroups: [''], resources: ['configmaps'], verbs: ['update'], resourceNames: ['settings'] },
          ],
        },
      ],
      roleBindings: [
        {
          name: 'viewers',
          roleRef: { kind: 'Role', name: 'viewer' },
          subjects: [
            { kind: 'Group', name: 'team-$(namespace.labels.example.com/team)-$(namespace.name)' },
            { kind: 'User', name: 'jane@example.com' },
            { kind: 'ServiceAccount', name: 'robot' },
            { kind: 'ServiceAccount', name: 'deployer', namespace: 'ci' },
          ],
        },
        {
          name: 'view',
          roleRef: { kind: 'ClusterRole', name: 'view' },
          subjects: [{ kind: 'Group', name: 'auditors' }],
        },
      ],
    },
    serviceAccounts: { enforcement: 'Audit', defaultToken: 'Disabled' },
    podSecurity: {
      enforcement: 'Enforce',
      enforce: 'baseline',
      audit: 'restricted',
      warn: 'restricted',
      version: 'v1.36',
      onViolation: 'Raise',
    },
    resources: {
      enforcement: 'Enforce',
      quota: { hard: { pods: '50', 'requests.cpu': '4.5', 'limits.memory': '16Gi', 'services.nodeports': '0' } },
      limitRange: {
        limits: [
          { type: 'Container', default: { memory: '256Mi' }, max: { cpu: '2' }, min: { cpu: '10m' } },
          { type: 'Pod', maxLimitRequestRatio: { cpu: '10' } },
        ],
      },
    },
    admission: 'Deny',
    clusterChecks: ['ClusterAdmin', 'Wildcards', 'Everybody', 'AnonymousAccess', 'Authorization', 'AuditLog'],
    audit: {
      enforcement: 'Audit',
      level: 'Metadata',
      rules: [
        { level: 'RequestResponse', verbs: ['create', 'update'], resources: [{ group: 'rbac.authorization.k8s.io' }] },
        {
          level: 'Request',
          userGroups: ['ops'],
          resources: [{ group: '', resources: ['pods/*', 'services'], resourceNames: ['web'] }, { group: 'apps' }],
        },
        {
          level: 'None',
          users: ['system:kube-proxy'],
          verbs: ['watch'],
          resources: [{ group: 'discovery.k8s.io', resources: ['endpointslices'] }],
        },
        { level: 'None', verbs: ['get'], nonResourceURLs: ['/healthz*', '/version'] },
      ],
    },
  },
  'full',
);

const times = <T>(count: number, make: (index: number) => T): readonly T[] =>
  Array.from({ length: count }, (_, index) => make(index));

const fields = (count: number, make: (index: number) => readonly [string, string]): Readonly<Record<string, string>> =>
  Object.fromEntries(times(count, make));

/** As large as the bounds let it be in the direction of ingress: 32 rules of 16 entries of 32 peers (THREATS 28). */
export const MAXIMAL_BASELINE: NewObject = baseline(
  {
    enforcement: 'Audit',
    namespaceSelector: { matchLabels: {} },
    resources: {
      quota: { hard: fields(32, (index) => [`count/things-${index}.example.com`, `${index}`]) },
      limitRange: {
        limits: ['Container', 'Pod', 'PersistentVolumeClaim'].map((type) => ({
          type,
          max: fields(32, (index) => [`example.com/thing-${index}`, '999999999999999.999Gi']),
        })),
      },
    },
    audit: {
      level: 'Metadata',
      rules: times(48, (rule) => ({
        level: 'Request',
        users: times(32, (user) => `user-${rule}-${user}`),
        verbs: times(16, (verb) => `verb-${verb}`),
        resources: times(16, (group) => ({
          group: `group-${group}.example.com`,
          resources: times(32, (one) => `things-${one}`),
        })),
      })),
    },
    network: {
      defaultDeny: ['Ingress'],
      allow: {
        rules: times(32, (rule) => ({
          name: `rule-${rule}`,
          podSelector: { matchLabels: { app: `app-${rule}` } },
          ingress: times(16, () => ({
            from: times(32, (peer) =>
              peer % 2 === 0
                ? { ipBlock: { cidr: `10.${peer}.0.0/16`, except: [`10.${peer}.${rule}.0/24`] } }
                : { namespaceSelector: { matchLabels: { team: `team-${peer}` } } },
            ),
            ports: [{ port: 8080 }],
          })),
        })),
      },
    },
  },
  'maximal',
);

import type { KubeObject } from '../../../src/k8s/object.ts';
import { apiServerService, apiServerSlice, dnsService, dnsSlice, grantableRole } from '../../core/clusterObjects.ts';
import { policy } from '../fixtures.ts';
import { hooks } from '../network/callbackFixtures.ts';
import { pod, workload } from '../network/podFixtures.ts';

const RBAC = 'rbac.authorization.k8s.io';

export const user = (name: string) => ({ kind: 'User', apiGroup: RBAC, name });
export const group = (name: string) => ({ kind: 'Group', apiGroup: RBAC, name });

/** `get,list pods` of a group, as a rule. */
export const rule = (verbs: string, resources: string, apiGroup = '') => ({
  apiGroups: [apiGroup],
  resources: resources.split(','),
  verbs: verbs.split(','),
});
export const role = (name: string, ...rules: readonly object[]): KubeObject => ({
  apiVersion: `${RBAC}/v1`,
  kind: 'Role',
  metadata: { name, namespace: 'payments' },
  rules,
});
export const clusterRole = (name: string, ...rules: readonly object[]): KubeObject => ({
  apiVersion: `${RBAC}/v1`,
  kind: 'ClusterRole',
  metadata: { name },
  rules,
});
export const binding = (name: string, ref: `${'Role' | 'ClusterRole'}/${string}`, ...subjects: readonly object[]) => {
  const [kind, of] = ref.split('/');
  return {
    apiVersion: `${RBAC}/v1`,
    kind: 'RoleBinding',
    metadata: { name, namespace: 'payments' },
    roleRef: { apiGroup: RBAC, kind, name: of },
    subjects,
  } satisfies KubeObject;
};
export const clusterBinding = (name: string, of: string, ...subjects: readonly object[]): KubeObject => ({
  apiVersion: `${RBAC}/v1`,
  kind: 'ClusterRoleBinding',
  metadata: { name },
  roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: of },
  subjects,
});

/** The API server that calls the Service `hooks` of payments. */
const WEBHOOK: KubeObject = {
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingWebhookConfiguration',
  metadata: { name: 'policies' },
  webhooks: [
    {
      name: 'policies.example.com',
      failurePolicy: 'Fail',
      clientConfig: { service: { namespace: 'payments', name: 'hooks', port: 443 } },
    },
  ],
};

/** A cluster as it is made, with an administrator. */
export const CLUSTER: readonly KubeObject[] = [
  apiServerService(),
  apiServerSlice(),
  dnsService(),
  dnsSlice(['10.244.0.3'], 53),
  grantableRole([rule('get,list,watch', 'pods,services,configmaps')]),
  clusterRole('cluster-admin', rule('*', '*', '*')),
  clusterRole('view', rule('get,list,watch', 'pods,services')),
  clusterBinding('cluster-admin', 'cluster-admin', group('system:masters')),
  WEBHOOK,
];

/** What a team has in payments, and nothing is wrong with. */
export const TENANTS: readonly KubeObject[] = [
  {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: 'default', namespace: 'payments' },
    automountServiceAccountToken: false,
  },
  workload('Deployment', 'web', { app: 'web' }),
  pod('web-1', { app: 'web' }),
  pod('hooks-1', { app: 'hooks' }),
  hooks(),
  role('reader', rule('get', 'configmaps')),
  binding('readers', 'Role/reader', user('mia')),
  policy('web-to-db', {
    podSelector: { matchLabels: { app: 'web' } },
    policyTypes: ['Egress'],
    egress: [{ to: [{ ipBlock: { cidr: '10.9.0.0/24' } }], ports: [{ protocol: 'TCP', port: 5432 }] }],
  }),
];

import { catchAll } from '../compile/bounds.ts';
import type { AuditPolicy, AuditRule, GroupResources } from '../policy.ts';

const of = (group: string, ...resources: readonly string[]): GroupResources => ({
  group,
  resources,
  resourceNames: [],
});
const core = (...resources: readonly string[]): readonly GroupResources[] => [of('', ...resources)];
const silent = (rule: Partial<AuditRule>): AuditRule => ({ ...catchAll('None'), ...rule });

const KNOWN: readonly GroupResources[] = [
  '',
  'admissionregistration.k8s.io',
  'apiextensions.k8s.io',
  'apiregistration.k8s.io',
  'apps',
  'authentication.k8s.io',
  'authorization.k8s.io',
  'autoscaling',
  'batch',
  'certificates.k8s.io',
  'extensions',
  'metrics.k8s.io',
  'networking.k8s.io',
  'node.k8s.io',
  'policy',
  'rbac.authorization.k8s.io',
  'scheduling.k8s.io',
  'storage.k8s.io',
].map((group) => of(group));

/** What asks all the time, or means nothing. */
const NOISE: readonly AuditRule[] = [
  silent({
    users: ['system:kube-proxy'],
    verbs: ['watch'],
    resources: core('endpoints', 'services', 'services/status'),
  }),
  silent({
    users: ['system:unsecured'],
    namespaces: ['kube-system'],
    verbs: ['get'],
    resources: core('configmaps'),
  }),
  silent({ users: ['kubelet'], verbs: ['get'], resources: core('nodes', 'nodes/status') }),
  silent({ userGroups: ['system:nodes'], verbs: ['get'], resources: core('nodes', 'nodes/status') }),
  silent({
    users: [
      'system:kube-controller-manager',
      'system:cloud-controller-manager',
      'system:kube-scheduler',
      'system:serviceaccount:kube-system:endpoint-controller',
    ],
    verbs: ['get', 'update'],
    namespaces: ['kube-system'],
    resources: core('endpoints'),
  }),
  silent({
    users: ['system:apiserver'],
    verbs: ['get'],
    resources: core('namespaces', 'namespaces/status', 'namespaces/finalize'),
  }),
  silent({
    users: ['cluster-autoscaler'],
    verbs: ['get', 'update'],
    namespaces: ['kube-system'],
    resources: core('configmaps', 'endpoints'),
  }),
  silent({
    users: ['system:kube-controller-manager', 'system:cloud-controller-manager'],
    verbs: ['get', 'list'],
    resources: [of('metrics.k8s.io')],
  }),
  silent({ nonResourceURLs: ['/healthz*', '/version', '/swagger*'] }),
  silent({ resources: core('events') }),
];

const STATUS = { verbs: ['update', 'patch'], resources: core('nodes/status', 'pods/status') };
const DETECTOR = 'system:node-problem-detector';

/**
 * The policy of the script that once set up Kubernetes on Google's machines (kubernetes/kubernetes 1.36,
 * cluster/gce/gci/configure-helper.sh, create-master-audit-policy). Of it Google says that it is most of GKE's, and Amazon
 * that EKS adds to it.
 */
export const GCE_POLICY: AuditPolicy = {
  // Each of its rules that records anything leaves this stage out.
  omitStages: ['RequestReceived'],
  omitManagedFields: false,
  rules: [
    ...NOISE,
    {
      ...catchAll('Request'),
      users: ['kubelet', DETECTOR, `system:serviceaccount:kube-system:node-problem-detector`],
      ...STATUS,
    },
    { ...catchAll('Request'), userGroups: ['system:nodes'], ...STATUS },
    {
      ...catchAll('Request'),
      users: ['system:serviceaccount:kube-system:namespace-controller'],
      verbs: ['deletecollection'],
    },
    {
      ...catchAll('Metadata'),
      resources: [
        ...core('secrets', 'configmaps', 'serviceaccounts/token'),
        of('authentication.k8s.io', 'tokenreviews'),
      ],
    },
    { ...catchAll('Request'), verbs: ['get', 'list', 'watch'], resources: KNOWN },
    { ...catchAll('RequestResponse'), resources: KNOWN },
    catchAll('Metadata'),
  ],
};

/** Who may come into an EKS cluster is in a ConfigMap, of which Amazon records the changes (EKS best practices, detective controls). */
export const EKS_POLICY: AuditPolicy = {
  ...GCE_POLICY,
  rules: [
    {
      ...catchAll('RequestResponse'),
      namespaces: ['kube-system'],
      verbs: ['update', 'patch', 'delete'],
      resources: [{ group: '', resources: ['configmaps'], resourceNames: ['aws-auth'] }],
    },
    ...GCE_POLICY.rules,
  ],
};

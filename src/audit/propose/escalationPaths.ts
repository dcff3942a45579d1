import type { EscalationPath, GrantedRight } from './escalationPath.ts';
import { opens } from './escalationPath.ts';

const READ = ['get', 'list', 'watch'];
const MAKE = ['create', 'update', 'patch'];
const CHANGE = ['update', 'patch'];
const WRITE = [...MAKE, 'delete', 'deletecollection'];
const REMOVE = ['delete', 'deletecollection'];
const CORE = '';
const APPS = 'apps';
const RBAC = 'rbac.authorization.k8s.io';
const ADMISSION = 'admissionregistration.k8s.io';
const CERTIFICATES = 'certificates.k8s.io';
const RBAC_KINDS = ['roles', 'rolebindings', 'clusterroles', 'clusterrolebindings'];

const WORKLOAD = 'runs pods of its own making, with any ServiceAccount and Secret of the namespace';
const IDENTITY = 'acts as somebody else';
const PODS = 'gets into running pods and acts with their ServiceAccounts';
const TRAFFIC = 'opens or redirects the traffic of pods';
const GRANTS = 'changes who holds which rights';
const NODE = 'acts on a node or on what runs there';

/**
 * The paths of the RBAC Good Practices page (kubernetes.io/docs/concepts/security/rbac-good-practices), and those that
 * Kubescape, Trivy, KubiScan, rbac-police and kubesplaining look for beside it. Wildcards are not here: none is proposed.
 */
export const ESCALATION_PATHS: readonly EscalationPath[] = [
  {
    id: 'secrets-read',
    verbs: READ,
    group: CORE,
    resources: ['secrets'],
    reason: 'reads credentials; list and watch show their contents too',
  },
  {
    id: 'secrets-create',
    verbs: ['create'],
    group: CORE,
    resources: ['secrets'],
    reason: 'makes a Secret that the server fills with the token of any ServiceAccount of the namespace',
  },
  { id: 'workloads', verbs: MAKE, group: CORE, resources: ['pods', 'replicationcontrollers'], reason: WORKLOAD },
  {
    id: 'workloads',
    verbs: MAKE,
    group: APPS,
    resources: ['deployments', 'daemonsets', 'statefulsets', 'replicasets'],
    reason: WORKLOAD,
  },
  { id: 'workloads', verbs: MAKE, group: 'batch', resources: ['jobs', 'cronjobs'], reason: WORKLOAD },
  {
    id: 'exec',
    verbs: ['get', 'create'],
    group: CORE,
    resources: ['pods/exec', 'pods/attach', 'pods/portforward'],
    reason: PODS,
  },
  {
    id: 'pod-proxy',
    group: CORE,
    resources: ['pods/proxy', 'services/proxy'],
    reason: 'talks to any port of pods, past their NetworkPolicies',
  },
  { id: 'ephemeral-containers', verbs: CHANGE, group: CORE, resources: ['pods/ephemeralcontainers'], reason: PODS },
  {
    id: 'pod-status',
    verbs: CHANGE,
    group: CORE,
    resources: ['pods/status'],
    reason: 'moves traffic and hides the state of pods',
  },
  {
    id: 'pod-binding',
    verbs: ['create'],
    group: CORE,
    resources: ['pods/binding', 'bindings'],
    reason: 'chooses the node of a pod',
  },
  { id: 'escalate', verbs: ['escalate', 'bind'], group: RBAC, reason: GRANTS },
  { id: 'rbac-write', verbs: WRITE, group: RBAC, resources: RBAC_KINDS, reason: GRANTS },
  { id: 'impersonate', verbs: ['impersonate'], reason: IDENTITY },
  {
    id: 'node-proxy',
    group: CORE,
    resources: ['nodes/proxy'],
    reason: 'runs commands in all pods of the node by the kubelet, unseen by audit and admission, also with get alone',
  },
  { id: 'node-write', verbs: [...WRITE], group: CORE, resources: ['nodes', 'nodes/status'], reason: NODE },
  { id: 'node-log', verbs: ['get'], group: CORE, resources: ['nodes/log'], reason: 'reads the logs of a node' },
  { id: 'token-request', verbs: ['create'], group: CORE, resources: ['serviceaccounts/token'], reason: IDENTITY },
  {
    id: 'certificates',
    verbs: ['create'],
    group: CERTIFICATES,
    resources: ['certificatesigningrequests'],
    reason: IDENTITY,
  },
  {
    id: 'certificates',
    verbs: CHANGE,
    group: CERTIFICATES,
    resources: ['certificatesigningrequests/approval', 'certificatesigningrequests/status'],
    reason: IDENTITY,
  },
  { id: 'certificates', verbs: ['approve', 'sign'], group: CERTIFICATES, resources: ['signers'], reason: IDENTITY },
  {
    id: 'admission',
    verbs: WRITE,
    group: ADMISSION,
    reason: 'reads and changes every object on its way into the cluster, or lets others pass',
  },
  {
    id: 'persistent-volumes',
    verbs: ['create'],
    group: CORE,
    resources: ['persistentvolumes'],
    reason: 'mounts any directory of a node',
  },
  { id: 'storage-classes', verbs: MAKE, group: 'storage.k8s.io', resources: ['storageclasses'], reason: NODE },
  {
    id: 'namespaces',
    verbs: WRITE,
    group: CORE,
    resources: ['namespaces', 'namespaces/finalize', 'namespaces/status'],
    reason: 'changes the labels that Pod Security, NetworkPolicies and baselines go by',
  },
  {
    id: 'network',
    verbs: WRITE,
    group: 'networking.k8s.io',
    resources: ['networkpolicies', 'ingresses'],
    reason: TRAFFIC,
  },
  {
    id: 'network',
    verbs: WRITE,
    group: CORE,
    resources: ['services', 'endpoints', 'services/status'],
    reason: TRAFFIC,
  },
  { id: 'network', verbs: WRITE, group: 'discovery.k8s.io', resources: ['endpointslices'], reason: TRAFFIC },
  { id: 'evidence', verbs: REMOVE, group: CORE, resources: ['events', 'pods/log'], reason: 'removes traces' },
  { id: 'evidence', verbs: REMOVE, group: 'events.k8s.io', resources: ['events'], reason: 'removes traces' },
  {
    id: 'api-services',
    verbs: WRITE,
    group: 'apiregistration.k8s.io',
    resources: ['apiservices'],
    reason: 'answers requests in the place of the API server',
  },
  {
    id: 'cloud-identities',
    verbs: MAKE,
    group: CORE,
    resources: ['configmaps'],
    namespace: 'kube-system',
    names: ['aws-auth'],
    reason: 'maps cloud identities to any user',
  },
  {
    id: 'control-plane-leases',
    verbs: WRITE,
    group: 'coordination.k8s.io',
    resources: ['leases'],
    namespace: 'kube-system',
    names: ['kube-controller-manager', 'kube-scheduler'],
    reason: 'stops the control plane',
  },
  { id: 'baselines', verbs: WRITE, group: 'drawbridge.dev', reason: 'changes what namespaces are held to' },
];

/** The paths that a right opens. */
export const escalationsOf = (right: GrantedRight): readonly EscalationPath[] =>
  ESCALATION_PATHS.filter((path) => opens(path, right));

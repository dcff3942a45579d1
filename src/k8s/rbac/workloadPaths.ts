import type { EscalationPath } from './escalationPath.ts';
import { CHANGE, MAKE, WRITE } from './escalationPath.ts';

const CORE = '';
const APPS = 'apps';
const WORKLOAD = 'runs pods of its own making, with any ServiceAccount and Secret of the namespace';
const PODS = 'gets into running pods and acts with their ServiceAccounts';
const NODE = 'acts on a node or on what runs there';

/** Rights by which their holder runs code as another workload, or on a node. */
export const WORKLOAD_PATHS: readonly EscalationPath[] = [
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
  {
    id: 'node-proxy',
    group: CORE,
    resources: ['nodes/proxy'],
    reason: 'runs commands in all pods of the node by the kubelet, unseen by audit and admission, also with get alone',
  },
  { id: 'node-write', verbs: WRITE, group: CORE, resources: ['nodes', 'nodes/status'], reason: NODE },
  { id: 'node-log', verbs: ['get'], group: CORE, resources: ['nodes/log'], reason: 'reads the logs of a node' },
  {
    id: 'persistent-volumes',
    verbs: ['create'],
    group: CORE,
    resources: ['persistentvolumes'],
    reason: 'mounts any directory of a node',
  },
  { id: 'storage-classes', verbs: MAKE, group: 'storage.k8s.io', resources: ['storageclasses'], reason: NODE },
];

import type { EscalationPath } from './escalationPath.ts';
import { REMOVE, WRITE } from './escalationPath.ts';

const CORE = '';
const ADMISSION = 'admissionregistration.k8s.io';
const TRAFFIC = 'opens or redirects the traffic of pods';

/** Rights by which their holder undoes what guards the cluster, or steps between it and its users. */
export const CLUSTER_PATHS: readonly EscalationPath[] = [
  {
    id: 'admission',
    verbs: WRITE,
    group: ADMISSION,
    reason: 'reads and changes every object on its way into the cluster, or lets others pass',
  },
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
    id: 'control-plane-leases',
    verbs: WRITE,
    group: 'coordination.k8s.io',
    resources: ['leases'],
    namespace: 'kube-system',
    names: ['kube-controller-manager', 'kube-scheduler'],
    reason: 'stops the control plane',
  },
  { id: 'baselines', verbs: WRITE, group: 'drawbridge.dev', reason: 'changes what namespaces are held to' },
  {
    id: 'resource-definitions',
    verbs: WRITE,
    group: 'apiextensions.k8s.io',
    resources: ['customresourcedefinitions'],
    reason: 'sends objects through a conversion webhook of its own, or removes all of a kind',
  },
];

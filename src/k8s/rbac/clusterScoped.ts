import type { EscalationPath } from './escalationPath.ts';
import { BIND } from './escalationPath.ts';

/**
 * Resources of escalation paths that live in no namespace: a RoleBinding grants nothing on them, whatever its role says.
 * `namespaces` is not among them: a request for one namespace is authorized in that namespace (RequestInfoFactory).
 */
const CLUSTER_SCOPED: ReadonlySet<string> = new Set([
  'certificatesigningrequests/approval',
  'certificatesigningrequests/status',
  'certificatesigningrequests',
  'clusterrolebindings',
  'clusterroles',
  'customresourcedefinitions',
  'nodes',
  'nodes/log',
  'nodes/proxy',
  'nodes/status',
  'apiservices',
  'persistentvolumes',
  'signers',
  'storageclasses',
]);

/** Of paths about any resource, those that live in a namespace. */
const NAMESPACED_OF: Readonly<Record<string, readonly string[]>> = {
  admission: [],
  baselines: ['baselinereports'],
  escalate: ['roles'],
  impersonate: ['serviceaccounts'],
};

/**
 * Who makes a RoleBinding to a ClusterRole is asked for `bind` on it in the namespace of the binding, although ClusterRoles
 * live in none (kubernetes pkg/registry/rbac, BindingAuthorized).
 */
const BOUND_THERE: readonly string[] = ['clusterroles'];

/** The resources of a path that a RoleBinding can grant. */
export const namespacedResources = ({ id, verbs, resources }: EscalationPath): readonly string[] =>
  resources === undefined
    ? [...(NAMESPACED_OF[id] ?? []), ...(verbs?.includes(BIND) === true ? BOUND_THERE : [])]
    : resources.filter((resource) => !CLUSTER_SCOPED.has(resource));

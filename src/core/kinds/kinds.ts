import { BASELINE_REPORT, BASELINE_WAIVER, SECURITY_BASELINE } from '../../api/names.ts';
import type { Projection } from '../../k8s/entry.ts';
import type { KubeObject } from '../../k8s/object.ts';
import { DNS_SERVICES, SERVICE_NAME_LABEL } from './dnsServices.ts';
import type { KindRow } from './kindRow.ts';
import { POLICY_REPORT_KINDS } from './policyReportKinds.ts';
import { projectApiService, projectConversion, projectWebhooks } from './projectCaller.ts';
import { projectBaseline, projectNamespace, projectReport, projectWaiver } from './projectCluster.ts';
import { hasReservedName, projectAdmission, projectOwn, projectPublished } from './projectOwn.ts';
import { projectNetworkPolicy } from './projectPolicy.ts';
import { projectQuota } from './projectQuota.ts';
import { projectClusterRole, projectClusterRoleBinding, projectRole, projectRoleBinding } from './projectRights.ts';
import { projectEndpointSlice, projectService } from './projectService.ts';
import { projectServiceAccount } from './projectServiceAccount.ts';
import { projectCronJob, projectDaemonSet, projectJob, projectPod, projectTemplate } from './projectWorkload.ts';

export type { KindRow } from './kindRow.ts';

const projectOwnOnly = (raw: KubeObject, bytes: number): Projection | undefined =>
  hasReservedName(raw) ? projectOwn(raw, bytes) : undefined;

const RBAC = { group: 'rbac.authorization.k8s.io', version: 'v1' } as const;
const CORE = { group: '', version: 'v1' } as const;
const ADMISSION = { group: 'admissionregistration.k8s.io', version: 'v1', namespaced: false } as const;
const APPS = { group: 'apps', version: 'v1' } as const;
const BATCH = { group: 'batch', version: 'v1' } as const;

/** Pods, and what makes them. */
export const WORKLOAD_KINDS: readonly string[] = [
  'Pod',
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'ReplicaSet',
  'Job',
  'CronJob',
];

/** Every kind that Drawbridge reads or writes, but for what is there for others to show (policyReportKinds.ts). */
export const KINDS: readonly KindRow[] = [
  {
    kind: 'NetworkPolicy',
    group: 'networking.k8s.io',
    version: 'v1',
    plural: 'networkpolicies',
    namespaced: true,
    project: projectNetworkPolicy,
  },
  { kind: 'Role', ...RBAC, plural: 'roles', namespaced: true, project: projectRole },
  { kind: 'RoleBinding', ...RBAC, plural: 'rolebindings', namespaced: true, project: projectRoleBinding },
  { kind: 'ResourceQuota', ...CORE, plural: 'resourcequotas', namespaced: true, project: projectQuota },
  { kind: 'LimitRange', ...CORE, plural: 'limitranges', namespaced: true, project: projectOwnOnly },
  {
    kind: 'ServiceAccount',
    ...CORE,
    plural: 'serviceaccounts',
    namespaced: true,
    // The one that every pod gets which names none.
    fieldSelector: 'metadata.name=default',
    project: projectServiceAccount,
  },
  {
    kind: 'ClusterRole',
    ...RBAC,
    plural: 'clusterroles',
    namespaced: false,
    project: projectClusterRole,
  },
  {
    kind: 'ClusterRoleBinding',
    ...RBAC,
    plural: 'clusterrolebindings',
    namespaced: false,
    project: projectClusterRoleBinding,
  },
  { kind: 'Namespace', ...CORE, plural: 'namespaces', namespaced: false, project: projectNamespace },
  {
    kind: 'ConfigMap',
    ...CORE,
    plural: 'configmaps',
    namespaced: true,
    // Whose ConfigMaps hold what is nobody's business but theirs: ours hold the audit policy.
    ownNamespace: true,
    project: projectPublished,
  },
  { kind: 'Service', ...CORE, plural: 'services', namespaced: true, project: projectService },
  {
    kind: 'EndpointSlice',
    group: 'discovery.k8s.io',
    version: 'v1',
    plural: 'endpointslices',
    namespaced: true,
    // Endpoints churn with every pod of the cluster; these few do not.
    labelSelector: `${SERVICE_NAME_LABEL} in (${['kubernetes', ...new Set(DNS_SERVICES.map(({ name }) => name))].join(',')})`,
    project: projectEndpointSlice,
  },
  {
    kind: 'Pod',
    ...CORE,
    plural: 'pods',
    namespaced: true,
    // What has finished may stay for days, and nobody looks at it.
    fieldSelector: 'status.phase!=Succeeded,status.phase!=Failed',
    project: projectPod,
  },
  {
    kind: 'ValidatingAdmissionPolicy',
    ...ADMISSION,
    plural: 'validatingadmissionpolicies',
    project: projectAdmission,
  },
  {
    kind: 'ValidatingAdmissionPolicyBinding',
    ...ADMISSION,
    plural: 'validatingadmissionpolicybindings',
    project: projectAdmission,
  },
  { kind: 'Deployment', ...APPS, plural: 'deployments', namespaced: true, project: projectTemplate },
  { kind: 'StatefulSet', ...APPS, plural: 'statefulsets', namespaced: true, project: projectTemplate },
  // For the cluster's DNS alone as well: there are few of them, and one watch serves both.
  { kind: 'DaemonSet', ...APPS, plural: 'daemonsets', namespaced: true, project: projectDaemonSet },
  { kind: 'ReplicaSet', ...APPS, plural: 'replicasets', namespaced: true, project: projectTemplate },
  { kind: 'Job', ...BATCH, plural: 'jobs', namespaced: true, project: projectJob },
  { kind: 'CronJob', ...BATCH, plural: 'cronjobs', namespaced: true, project: projectCronJob },
  {
    kind: 'ValidatingWebhookConfiguration',
    ...ADMISSION,
    plural: 'validatingwebhookconfigurations',
    project: projectWebhooks,
  },
  {
    kind: 'MutatingWebhookConfiguration',
    ...ADMISSION,
    plural: 'mutatingwebhookconfigurations',
    project: projectWebhooks,
  },
  {
    kind: 'APIService',
    group: 'apiregistration.k8s.io',
    version: 'v1',
    plural: 'apiservices',
    namespaced: false,
    project: projectApiService,
  },
  {
    kind: 'CustomResourceDefinition',
    group: 'apiextensions.k8s.io',
    version: 'v1',
    plural: 'customresourcedefinitions',
    namespaced: false,
    project: projectConversion,
  },
  { ...SECURITY_BASELINE, project: projectBaseline },
  { ...BASELINE_WAIVER, project: projectWaiver },
  { ...BASELINE_REPORT, project: projectReport },
];

const BY_KIND: ReadonlyMap<string, KindRow> = new Map([...KINDS, ...POLICY_REPORT_KINDS].map((row) => [row.kind, row]));

/** The row of a kind. A kind without one is a mistake in the program, not in its input. */
export function kindRow(kind: string): KindRow {
  const row = BY_KIND.get(kind);
  if (row === undefined) throw new Error(`core/kinds/kinds.ts has no row for kind ${kind}`);
  return row;
}

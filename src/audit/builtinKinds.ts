/** Where the kinds of Kubernetes itself live, by API group; a test compares it with a server's discovery. */
interface Kinds {
  readonly namespaced: readonly string[];
  readonly cluster: readonly string[];
}

const words = (text: string): readonly string[] => (text === '' ? [] : text.split(' '));
const kinds = (namespaced: string, cluster: string): Kinds => ({
  namespaced: words(namespaced),
  cluster: words(cluster),
});

export const BUILTIN_KINDS: ReadonlyMap<string, Kinds> = new Map([
  [
    '',
    kinds(
      'bindings configmaps endpoints events limitranges persistentvolumeclaims pods podtemplates replicationcontrollers resourcequotas secrets serviceaccounts services',
      'componentstatuses namespaces nodes persistentvolumes',
    ),
  ],
  [
    'admissionregistration.k8s.io',
    kinds(
      '',
      'mutatingadmissionpolicies mutatingadmissionpolicybindings mutatingwebhookconfigurations validatingadmissionpolicies validatingadmissionpolicybindings validatingwebhookconfigurations',
    ),
  ],
  ['apiextensions.k8s.io', kinds('', 'customresourcedefinitions')],
  ['apiregistration.k8s.io', kinds('', 'apiservices')],
  ['apps', kinds('controllerrevisions daemonsets deployments replicasets statefulsets', '')],
  ['authentication.k8s.io', kinds('', 'selfsubjectreviews tokenreviews')],
  [
    'authorization.k8s.io',
    kinds('localsubjectaccessreviews', 'selfsubjectaccessreviews selfsubjectrulesreviews subjectaccessreviews'),
  ],
  ['autoscaling', kinds('horizontalpodautoscalers', '')],
  ['batch', kinds('cronjobs jobs', '')],
  ['certificates.k8s.io', kinds('', 'certificatesigningrequests')],
  ['coordination.k8s.io', kinds('leases', '')],
  ['discovery.k8s.io', kinds('endpointslices', '')],
  ['events.k8s.io', kinds('events', '')],
  ['flowcontrol.apiserver.k8s.io', kinds('', 'flowschemas prioritylevelconfigurations')],
  ['networking.k8s.io', kinds('ingresses networkpolicies', 'ingressclasses ipaddresses servicecidrs')],
  ['node.k8s.io', kinds('', 'runtimeclasses')],
  ['policy', kinds('poddisruptionbudgets', '')],
  ['rbac.authorization.k8s.io', kinds('rolebindings roles', 'clusterrolebindings clusterroles')],
  ['resource.k8s.io', kinds('resourceclaims resourceclaimtemplates', 'deviceclasses resourceslices')],
  ['scheduling.k8s.io', kinds('', 'priorityclasses')],
  [
    'storage.k8s.io',
    kinds('csistoragecapacities', 'csidrivers csinodes storageclasses volumeattachments volumeattributesclasses'),
  ],
]);

/** Undefined: a kind that somebody else installed, or none. */
export function scopeOf(group: string, resource: string): keyof Kinds | undefined {
  const known = BUILTIN_KINDS.get(group);
  if (known?.namespaced.includes(resource)) return 'namespaced';
  return known?.cluster.includes(resource) ? 'cluster' : undefined;
}

/** Something of a group, to speak of: `pods`; undefined where nothing of it is known. */
export function exampleOf(group: string): string | undefined {
  if (group === '') return 'pods';
  if (group === 'apps') return 'deployments';
  const known = BUILTIN_KINDS.get(group);
  return known?.namespaced[0] ?? known?.cluster[0];
}

import { matchesGlob } from '../../k8s/glob.ts';

/**
 * Namespaces that carry the platform itself. They are out of every baseline unless `includedSystemNamespaces` names them
 * (DESIGN §2.1, THREATS 25): closing one can take a cluster down.
 */
export const SYSTEM_NAMESPACES: readonly string[] = [
  'kube-system',
  'kube-public',
  'kube-node-lease',
  // OpenShift and OKD
  'openshift',
  'openshift-*',
  // Network plug-ins
  'calico-system',
  'calico-apiserver',
  'tigera-operator',
  'tigera-*',
  'cilium',
  'cilium-*',
  'kube-flannel',
  'kube-router',
  'antrea-system',
  // Rancher
  'cattle-*',
  'fleet-*',
  'rancher-*',
  // Managed services
  'gke-*',
  'gmp-*',
  'config-management-*',
  'amazon-*',
  'aks-*',
  'azure-*',
  'gatekeeper-system',
  'vmware-system-*',
  'tanzu-*',
  'garden',
  'shoot--*',
];

/** Whether a namespace belongs to the platform or is the operator's own. */
export const isSystemNamespace = (name: string, ownNamespace: string): boolean =>
  name === ownNamespace || SYSTEM_NAMESPACES.some((glob) => matchesGlob(glob, name));

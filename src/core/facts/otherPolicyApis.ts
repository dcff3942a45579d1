/**
 * API groups with network policies that we do not read: a policy there may open what ours deny (THREATS 20). Found by
 * group, because a kind such as ClusterNetworkPolicy exists in several.
 */
export const OTHER_POLICY_GROUPS: readonly string[] = [
  // Kubernetes SIG Network: AdminNetworkPolicy, BaselineAdminNetworkPolicy, ClusterNetworkPolicy
  'policy.networking.k8s.io',
  // Calico: with and without its API server
  'projectcalico.org',
  'crd.projectcalico.org',
  'cilium.io',
  'crd.antrea.io',
  // EKS: ClusterNetworkPolicy
  'networking.k8s.aws',
  // OVN-Kubernetes: EgressFirewall and others
  'k8s.ovn.org',
  'kubeovn.io',
  // VMware NSX: SecurityPolicy
  'crd.nsx.vmware.com',
];

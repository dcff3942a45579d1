/**
 * Where clusters keep their DNS Service. A fixed list: the namespaces are the platform's, so that nobody who may create
 * Services elsewhere can become the cluster's DNS.
 */
export const DNS_SERVICES: readonly { readonly namespace: string; readonly name: string }[] = [
  // kubeadm, EKS, GKE, AKS, k3s, Talos, kind, MicroK8s, Gardener
  { namespace: 'kube-system', name: 'kube-dns' },
  // Kubespray, and CoreDNS installed by hand
  { namespace: 'kube-system', name: 'coredns' },
  // RKE2: the name of its Helm release
  { namespace: 'kube-system', name: 'rke2-coredns-rke2-coredns' },
  // What node-local caches ask; pods may be sent there when the cache is down
  { namespace: 'kube-system', name: 'kube-dns-upstream' },
  // OpenShift
  { namespace: 'openshift-dns', name: 'dns-default' },
];

/** The label that DNS Services bear under other names, in kube-system only. */
export const DNS_SERVICE_LABEL = { key: 'k8s-app', value: 'kube-dns' } as const;

export const DNS_PORT = 53;

/** Whether a Service is one of the cluster's DNS, by its identity; whether it serves DNS, its ports say. */
export const isDnsService = (namespace: string, name: string, labels: Readonly<Record<string, string>> = {}): boolean =>
  DNS_SERVICES.some((service) => service.namespace === namespace && service.name === name) ||
  (namespace === 'kube-system' && labels[DNS_SERVICE_LABEL.key] === DNS_SERVICE_LABEL.value);

/** The API server's own Service, which kube-apiserver keeps itself. */
export const isApiServerService = (namespace: string, name: string): boolean =>
  namespace === 'default' && name === 'kubernetes';

export const SERVICE_NAME_LABEL = 'kubernetes.io/service-name';

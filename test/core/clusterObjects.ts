import type { KubeObject } from '../../src/k8s/object.ts';

/** Objects as real clusters have them: kubeadm, kube-apiserver, node-local-dns. */

export const apiServerService = (clusterIPs: readonly string[] = ['10.96.0.1']): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'kubernetes', namespace: 'default', labels: { component: 'apiserver', provider: 'kubernetes' } },
  spec: {
    clusterIP: clusterIPs[0],
    clusterIPs,
    ports: [{ name: 'https', protocol: 'TCP', port: 443, targetPort: 6443 }],
    type: 'ClusterIP',
  },
});

export const apiServerSlice = (addresses: readonly string[] = ['192.168.0.10'], name = 'kubernetes'): KubeObject => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: { name, namespace: 'default', labels: { 'kubernetes.io/service-name': 'kubernetes' } },
  addressType: 'IPv4',
  endpoints: addresses.map((address) => ({ addresses: [address], conditions: { ready: true } })),
  ports: [{ name: 'https', protocol: 'TCP', port: 6443 }],
});

export const dnsService = (changes: Readonly<Record<string, unknown>> = {}, meta: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'kube-dns', namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' }, ...meta },
  spec: {
    clusterIP: '10.96.0.10',
    clusterIPs: ['10.96.0.10'],
    selector: { 'k8s-app': 'kube-dns' },
    ports: [
      { name: 'dns', protocol: 'UDP', port: 53, targetPort: 53 },
      { name: 'dns-tcp', protocol: 'TCP', port: 53, targetPort: 53 },
      { name: 'metrics', protocol: 'TCP', port: 9153, targetPort: 9153 },
    ],
    ...changes,
  },
});

export const dnsSlice = (addresses: readonly string[], port: number, meta: object = {}): KubeObject => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: {
    name: 'kube-dns-x7k2p',
    namespace: 'kube-system',
    labels: { 'kubernetes.io/service-name': 'kube-dns' },
    ...meta,
  },
  addressType: 'IPv4',
  endpoints: [{ addresses }],
  ports: [
    { name: 'dns', protocol: 'UDP', port },
    { name: 'dns-tcp', protocol: 'TCP', port },
    { name: 'metrics', protocol: 'TCP', port: 9153 },
  ],
});

export const nodeLocalDns = (args: readonly string[], namespace = 'kube-system'): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'node-local-dns', namespace, labels: { 'k8s-app': 'node-local-dns' } },
  spec: { template: { spec: { hostNetwork: true, containers: [{ name: 'node-cache', args }] } } },
});

export const grantableRole = (rules: readonly unknown[]): KubeObject => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRole',
  metadata: { name: 'drawbridge-grantable' },
  rules,
});

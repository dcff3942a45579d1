import type { AnyObject, NewObject } from '../../support/kubeAdmin.ts';

const DNS_PORTS = [
  { name: 'dns', protocol: 'UDP', port: 53 },
  { name: 'dns-tcp', protocol: 'TCP', port: 53 },
];

/** The Service of the cluster's DNS. */
export const dnsService = (clusterIP: string, ports: readonly unknown[] = DNS_PORTS): NewObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'kube-dns', namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } },
  spec: { clusterIP, selector: { 'k8s-app': 'kube-dns' }, ports },
});

/** An EndpointSlice of a Service. */
export const sliceOf = (
  service: string,
  namespace: string,
  name: string,
  addresses: readonly string[],
  ports: readonly unknown[],
  addressType = 'IPv4',
): NewObject => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: { name, namespace, labels: { 'kubernetes.io/service-name': service } },
  addressType,
  endpoints: addresses.map((address) => ({ addresses: [address] })),
  ports,
});

export const HTTPS = [{ name: 'https', protocol: 'TCP', port: 6443 }];

/** The node-local DNS cache, as its manifest has it. */
export const nodeLocalDns = (addresses: string): NewObject => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'node-local-dns', namespace: 'kube-system' },
  spec: {
    selector: { matchLabels: { app: 'node-local-dns' } },
    template: {
      metadata: { labels: { app: 'node-local-dns' } },
      spec: { hostNetwork: true, containers: [{ name: 'cache', image: 'none', args: ['-localip', addresses] }] },
    },
  },
});

/** The blocks that a policy's egress allows, and its ports as `UDP/53`. */
export function egressOf(policy: AnyObject | undefined): {
  readonly cidrs: readonly string[];
  readonly ports: readonly string[];
} {
  const rules: readonly AnyObject[] = policy?.spec.egress ?? [];
  return {
    cidrs: rules.flatMap(({ to }) => to.flatMap((peer: AnyObject) => peer.ipBlock?.cidr ?? [])).toSorted(),
    ports: rules.flatMap(({ ports }) => ports.map((p: AnyObject) => `${p.protocol}/${p.port}`)).toSorted(),
  };
}

/** Each block of an egress rule with each of its ports: `10.0.0.1/32 TCP/443`. */
export const pairsOf = ({ to, ports }: AnyObject): readonly string[] =>
  to.flatMap(({ ipBlock }: AnyObject) => ports.map((p: AnyObject) => `${ipBlock.cidr} ${p.protocol}/${p.port}`));

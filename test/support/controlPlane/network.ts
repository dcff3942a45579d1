/** The address family of the cluster's Services, and of the API server's own. */
export type IpFamily = 'ipv4' | 'ipv6' | 'dual';

/** Addresses of a made-up cluster. Nothing is ever dialled at them: every server listens on 127.0.0.1. */
export interface ClusterNetwork {
  readonly serviceRange: string;
  /** The first address of the Service range: the Service default/kubernetes. */
  readonly apiServiceAddress: string;
  /** What the EndpointSlice default/kubernetes names. */
  readonly advertiseAddress: string;
}

// The advertised address is from the ranges for documentation (RFC 5737, RFC 3849): validation refuses loopback
// addresses in endpoints (k8s.io/kubernetes/pkg/apis/core/validation, ValidateEndpointIP), so that the slice would not
// exist. Its family must be that of the first Service range.
const IPV4 = { serviceRange: '10.96.0.0/16', apiServiceAddress: '10.96.0.1', advertiseAddress: '192.0.2.10' };
const IPV6 = { serviceRange: 'fd00:10:96::/112', apiServiceAddress: 'fd00:10:96::1', advertiseAddress: '2001:db8::10' };

export function clusterNetwork(family: IpFamily): ClusterNetwork {
  if (family === 'ipv6') return IPV6;
  if (family === 'ipv4') return IPV4;
  return { ...IPV4, serviceRange: `${IPV4.serviceRange},${IPV6.serviceRange}` };
}

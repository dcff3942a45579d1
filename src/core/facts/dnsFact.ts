import { formatAddress, isUnicast, parseAddress } from '../../k8s/address.ts';
import type { Entry } from '../../k8s/entry.ts';
import type { ObjectIndex } from '../../k8s/objectIndex.ts';
import { DNS_PORT, DNS_SERVICES, isDnsService } from '../kinds/dnsServices.ts';
import type { DaemonSetBody, EndpointSliceBody, ServiceBody, ServicePort } from '../model/bodies.ts';
import type { DnsFact, Fact } from './facts.ts';
import { MAX_ADDRESSES, sortedUnique } from './factValues.ts';

type DnsPort = DnsFact['ports'][number];

/**
 * Where pods ask for names: the pods behind the DNS Services, the Services' addresses (IPVS and some plug-ins match those),
 * and the node-local caches, which no selector can name. UDP and TCP; the port on the Service and the port on its pods,
 * which differ on OpenShift (5353) and Gardener (8053).
 */
export function dnsFact(index: ObjectIndex): Fact<DnsFact> {
  const found = DNS_NAMESPACES.flatMap((namespace) => [
    ...(index.inNamespace('Service', namespace) as Iterable<Entry<ServiceBody>>),
  ]).filter(isDns);
  if (found.length === 0) return { known: false, why: 'no Service of the cluster DNS with port 53 was found' };
  const slices = [...index.ofKind('EndpointSlice')] as readonly Entry<EndpointSliceBody>[];
  const caches = [...index.inNamespace('DaemonSet', 'kube-system')] as readonly Entry<DaemonSetBody>[];
  const parts = found.map((service) => partOf(service, slices));
  const addresses = sortedUnique(
    [...parts.flatMap((part) => part.addresses), ...caches.flatMap(({ body }) => body.localDns ?? [])].flatMap(unicast),
  );
  if (addresses.length > MAX_ADDRESSES) {
    return {
      known: false,
      why: `the cluster DNS has ${addresses.length} addresses, more than the ${MAX_ADDRESSES} that are followed`,
    };
  }
  const services = parts.map((part) => part.service).sort(byNamespaceAndName);
  return { known: true, value: { services, addresses, ports: sortedPorts(parts.flatMap((part) => part.ports)) } };
}

const DNS_NAMESPACES = [...new Set(DNS_SERVICES.map(({ namespace }) => namespace))];

/** Which Services are the cluster's, their identity says (THREATS 11); which of them serve names, the port. */
const isDns = ({ namespace, name, labels, body }: Entry<ServiceBody>): boolean =>
  isDnsService(namespace, name, labels) && body.ports.some(({ port }) => port === DNS_PORT);

function partOf(service: Entry<ServiceBody>, slices: readonly Entry<EndpointSliceBody>[]) {
  const { namespace, name, body } = service;
  const own = slices.filter((slice) => slice.namespace === namespace && slice.body.service === name);
  const served = body.ports.filter(({ port }) => port === DNS_PORT);
  const names = new Set(served.map((port) => port.name));
  const behind = own.flatMap((slice) => slice.body.ports).filter((port) => names.has(port.name));
  const onPods = served.flatMap((port) =>
    typeof port.targetPort === 'number' ? [{ ...port, port: port.targetPort }] : [],
  );
  const selector = body.selector === undefined ? {} : { podSelector: { matchLabels: body.selector } };
  return {
    service: { namespace, name, ...selector },
    addresses: [
      ...body.clusterIPs,
      ...(body.selector === undefined ? own.flatMap((slice) => slice.body.addresses) : []),
    ],
    ports: [...served, ...onPods, ...behind].flatMap(dnsPort),
  };
}

const unicast = (text: string): readonly string[] => {
  const address = parseAddress(text);
  return address !== undefined && isUnicast(address) ? [formatAddress(address)] : [];
};

const dnsPort = ({ protocol, port }: ServicePort): readonly DnsPort[] =>
  (protocol === 'UDP' || protocol === 'TCP') && port >= 1 && port <= 65535 ? [{ protocol, port }] : [];

const sortedPorts = (ports: readonly DnsPort[]): readonly DnsPort[] =>
  [...new Map(ports.map((port) => [`${port.port}/${port.protocol}`, port])).values()].sort(
    (a, b) => a.port - b.port || (a.protocol < b.protocol ? -1 : 1),
  );

const byNamespaceAndName = (a: DnsFact['services'][number], b: DnsFact['services'][number]): number =>
  `${a.namespace}/${a.name}` < `${b.namespace}/${b.name}` ? -1 : 1;

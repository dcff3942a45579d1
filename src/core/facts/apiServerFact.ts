import { formatAddress, isLinkLocal, isUnicast, parseAddress } from '../../k8s/address.ts';
import type { Entry } from '../../k8s/entry.ts';
import type { ObjectIndex } from '../../k8s/objectIndex.ts';
import type { EndpointSliceBody, ServiceBody, ServicePort } from '../model/bodies.ts';
import type { Destination } from './destinations.ts';
import { destinationsOf } from './destinations.ts';
import type { ApiServerFact, Fact } from './facts.ts';
import { MAX_ADDRESSES, sortedUnique } from './factValues.ts';

/**
 * Where the API server is reached: the addresses of its EndpointSlices, and the Service's, because in which order a
 * network plug-in rewrites the Service's address is undefined. Only the port named `https` (THREATS 11).
 */
export function apiServerFact(index: ObjectIndex): Fact<ApiServerFact> {
  const service = index.get('Service', 'default', 'kubernetes') as Entry<ServiceBody> | undefined;
  if (service === undefined) return unknown('the Service default/kubernetes is not there');
  const slices = ([...index.inNamespace('EndpointSlice', 'default')] as readonly Entry<EndpointSliceBody>[]).filter(
    (slice) => slice.body.service === 'kubernetes' && slice.body.ports.some(isHttps),
  );
  if (slices.length === 0) return unknown('no EndpointSlice of default/kubernetes has a port named https');
  const endpoints = slices
    .map(({ body }) => destination(body.addresses, body.ports))
    .filter(({ addresses }) => addresses.length > 0);
  if (endpoints.length === 0) return unknown('the EndpointSlices of default/kubernetes hold no valid address');
  const front = destination(service.body.clusterIPs, service.body.ports);
  const count = new Set([front, ...endpoints].flatMap(({ addresses }) => addresses)).size;
  if (count > MAX_ADDRESSES) {
    return unknown(`the API server has ${count} addresses, more than the ${MAX_ADDRESSES} that are followed`);
  }
  const otherSlices = slices.map(({ name }) => name).filter((name) => name !== 'kubernetes');
  return {
    known: true,
    value: {
      destinations: destinationsOf(front, endpoints),
      ...(otherSlices.length > 0 ? { otherSlices: sortedUnique(otherSlices) } : {}),
    },
  };
}

const unknown = (why: string): Fact<never> => ({ known: false, why });

const destination = (addresses: readonly string[], ports: readonly ServicePort[]): Destination => ({
  addresses: hostAddresses(addresses),
  ports: ports.filter(isHttps).map(({ port }) => port),
});

const isHttps = ({ name, protocol, port }: ServicePort): boolean =>
  name === 'https' && protocol === 'TCP' && port >= 1 && port <= 65535;

/** An API server is no link-local address: the clouds' metadata services are (and the API server refuses such slices). */
const hostAddresses = (texts: readonly string[]): readonly string[] =>
  texts.flatMap((text) => {
    const address = parseAddress(text);
    return address !== undefined && isUnicast(address) && !isLinkLocal(address) ? [formatAddress(address)] : [];
  });

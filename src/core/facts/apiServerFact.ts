import { formatAddress, isLinkLocal, isUnicast, parseAddress } from '../../k8s/address.ts';
import type { Entry } from '../../k8s/entry.ts';
import type { ObjectIndex } from '../../k8s/objectIndex.ts';
import type { EndpointSliceBody, ServiceBody, ServicePort } from '../model/bodies.ts';
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
  const endpoints = sortedUnique(slices.flatMap((slice) => hostAddresses(slice.body.addresses)));
  if (endpoints.length === 0) return unknown('the EndpointSlices of default/kubernetes hold no valid address');
  const addresses = sortedUnique([...endpoints, ...hostAddresses(service.body.clusterIPs)]);
  if (addresses.length > MAX_ADDRESSES) {
    return unknown(
      `the API server has ${addresses.length} addresses, more than the ${MAX_ADDRESSES} that are followed`,
    );
  }
  const ports = [...slices.flatMap((slice) => slice.body.ports), ...service.body.ports].filter(isHttps);
  const otherSlices = slices.map(({ name }) => name).filter((name) => name !== 'kubernetes');
  return {
    known: true,
    value: {
      addresses,
      ports: [...new Set(ports.map(({ port }) => port))].sort((a, b) => a - b),
      ...(otherSlices.length > 0 ? { otherSlices: sortedUnique(otherSlices) } : {}),
    },
  };
}

const unknown = (why: string): Fact<never> => ({ known: false, why });

const isHttps = ({ name, protocol, port }: ServicePort): boolean =>
  name === 'https' && protocol === 'TCP' && port >= 1 && port <= 65535;

/** An API server is no link-local address: the clouds' metadata services are (and the API server refuses such slices). */
const hostAddresses = (texts: readonly string[]): readonly string[] =>
  texts.flatMap((text) => {
    const address = parseAddress(text);
    return address !== undefined && isUnicast(address) && !isLinkLocal(address) ? [formatAddress(address)] : [];
  });

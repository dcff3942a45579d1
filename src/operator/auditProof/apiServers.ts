import { integer, list, record, text } from '../../k8s/json.ts';
import type { JsonTransport } from '../../kube/transport.ts';

const PATH = '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices';

/**
 * The addresses of all API servers, `https://host:port`, by the EndpointSlices of default/kubernetes, which each API server
 * keeps its own address in (kube-apiserver `--endpoint-reconciler-type=lease`).
 */
export async function apiServers(transport: JsonTransport, signal: AbortSignal): Promise<readonly string[]> {
  const query = { labelSelector: 'kubernetes.io/service-name=kubernetes' };
  const answer = await transport.json<unknown>({ method: 'GET', path: PATH, query, signal, timeoutMs: 5_000 });
  const found = list(record(answer).items).flatMap((slice) => {
    const { endpoints, ports } = record(slice);
    const https = list(ports)
      .map(record)
      .filter(({ name }) => name === 'https');
    const addresses = list(endpoints).flatMap((endpoint) => list(record(endpoint).addresses).map(text));
    return addresses.flatMap((address) => https.map(({ port }) => urlOf(address, integer(port) ?? 443)));
  });
  return [...new Set(found)].sort();
}

const urlOf = (address: string, port: number): string =>
  `https://${address.includes(':') ? `[${address}]` : address}:${port}`;

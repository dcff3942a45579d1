import type { Projection } from '../../k8s/entry.ts';
import { integer, list, record, text, textRecord, texts } from '../../k8s/json.ts';
import type { KubeObject } from '../../k8s/object.ts';
import type { EndpointSliceBody, ServiceBody, ServicePort } from '../model/bodies.ts';
import { isApiServerService, isDnsService, SERVICE_NAME_LABEL } from './dnsServices.ts';
import { sizeOf } from './ownBody.ts';

/** What is kept of somebody's Service, at most: whose pods answer behind a larger one is not known (THREATS 6). */
const MAX_KEPT = 4 * 1024;
const NO_LABELS = Object.freeze({});

/**
 * Of the API server's Service and the cluster's DNS Services also their addresses; of all others which pods serve which
 * port, because the API server may call them.
 */
export function projectService(raw: KubeObject): Projection<ServiceBody> | undefined {
  const meta = record(record(raw).metadata);
  const [namespace, name] = [text(meta.namespace), text(meta.name)];
  const { clusterIP, clusterIPs, selector, ports, type } = record(record(raw).spec);
  const labels = textRecord(selector);
  const body = { selector: Object.keys(labels).length > 0 ? labels : undefined, ports: portsOf(ports) };
  if (isApiServerService(namespace, name) || isDnsService(namespace, name, textRecord(meta.labels))) {
    const addresses = texts(clusterIPs).length > 0 ? texts(clusterIPs) : [text(clusterIP)];
    return { body: { clusterIPs: addresses.filter((address) => address !== '' && address !== 'None'), ...body } };
  }
  if (sizeOf(body) > MAX_KEPT) return undefined;
  const external = type === 'ExternalName' ? { external: true as const } : {};
  return { body: { clusterIPs: [], ...body, ...external }, labels: NO_LABELS };
}

/** Only the slices of those Services, by the label that names the Service. */
export function projectEndpointSlice(raw: KubeObject): Projection<EndpointSliceBody> | undefined {
  const meta = record(record(raw).metadata);
  const namespace = text(meta.namespace);
  const service = text(textRecord(meta.labels)[SERVICE_NAME_LABEL]);
  if (!isApiServerService(namespace, service) && !isDnsService(namespace, service)) return undefined;
  const addresses = list(raw.endpoints).flatMap((endpoint) => texts(record(endpoint).addresses));
  return { body: { service, addresses, ports: portsOf(raw.ports) } };
}

function portsOf(value: unknown): readonly ServicePort[] {
  return list(value).flatMap((item) => {
    const { name, protocol, port, targetPort } = record(item);
    const number = integer(port);
    if (number === undefined) return [];
    const target = integer(targetPort) ?? (text(targetPort) || undefined);
    const read = { name: text(name), protocol: text(protocol) || 'TCP', port: number };
    return [target === undefined ? read : { ...read, targetPort: target }];
  });
}

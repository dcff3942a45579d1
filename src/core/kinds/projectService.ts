import type { Projection } from '../../k8s/entry.ts';
import { integer, list, record, text, textRecord, texts } from '../../k8s/json.ts';
import type { KubeObject } from '../../k8s/object.ts';
import type { EndpointSliceBody, ServiceBody, ServicePort } from '../model/bodies.ts';
import { isApiServerService, isDnsService, SERVICE_NAME_LABEL } from './dnsServices.ts';

/** Only the API server's Service and the cluster's DNS Services; nothing of all others. */
export function projectService(raw: KubeObject): Projection<ServiceBody> | undefined {
  const meta = record(record(raw).metadata);
  const [namespace, name] = [text(meta.namespace), text(meta.name)];
  if (!isApiServerService(namespace, name) && !isDnsService(namespace, name, textRecord(meta.labels))) return undefined;
  const { clusterIP, clusterIPs, selector, ports } = record(raw.spec);
  const addresses = texts(clusterIPs).length > 0 ? texts(clusterIPs) : [text(clusterIP)];
  const labels = textRecord(selector);
  return {
    body: {
      clusterIPs: addresses.filter((address) => address !== '' && address !== 'None'),
      selector: Object.keys(labels).length > 0 ? labels : undefined,
      ports: portsOf(ports),
    },
  };
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
    const target = integer(targetPort);
    const read = { name: text(name), protocol: text(protocol) || 'TCP', port: number };
    return [target === undefined ? read : { ...read, targetPort: target }];
  });
}

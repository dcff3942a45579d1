import type { Projection } from '../../k8s/entry.ts';
import { integer, list, record, text } from '../../k8s/json.ts';
import type { KubeObject } from '../../k8s/object.ts';
import type { CallerBody, ServiceCall } from '../model/bodies.ts';

/** What is beyond is not looked at: the API server itself warns of configurations with hundreds of webhooks. */
const MAX_CALLS = 256;
/** The default of `port` in a ServiceReference (admissionregistration/v1, apiregistration/v1, apiextensions/v1). */
const DEFAULT_PORT = 443;
const NO_LABELS = Object.freeze({});

/** The Services that admission webhooks are served by; their certificates, which rotate, and rules are not kept. */
export const projectWebhooks = (raw: KubeObject): Projection<CallerBody> | undefined =>
  callerOf(
    list(record(raw).webhooks).map((webhook) => {
      const { clientConfig, failurePolicy } = record(webhook);
      return { service: record(clientConfig).service, failsClosed: text(failurePolicy) !== 'Ignore' };
    }),
  );

/** The Service behind an aggregated API; the API server's own groups have none. */
export const projectApiService = (raw: KubeObject): Projection<CallerBody> | undefined =>
  callerOf([{ service: record(record(raw).spec).service, failsClosed: true }]);

/** The Service that converts a CRD's objects: without it none of them can be read. */
export function projectConversion(raw: KubeObject): Projection<CallerBody> | undefined {
  const { strategy, webhook } = record(record(record(raw).spec).conversion);
  if (strategy !== 'Webhook') return undefined;
  return callerOf([{ service: record(record(webhook).clientConfig).service, failsClosed: true }]);
}

/** Each Service and port once; it fails closed if any of its callers does. */
function callerOf(
  references: readonly { readonly service: unknown; readonly failsClosed: boolean }[],
): Projection<CallerBody> | undefined {
  const calls = new Map<string, ServiceCall>();
  for (const { service, failsClosed } of references) {
    const { namespace, name, port } = record(service);
    const call = { namespace: text(namespace), service: text(name), port: integer(port) ?? DEFAULT_PORT };
    if (call.namespace === '' || call.service === '' || calls.size >= MAX_CALLS) continue;
    const key = `${call.namespace}/${call.service}/${call.port}`;
    calls.set(key, { ...call, failsClosed: failsClosed || calls.get(key)?.failsClosed === true });
  }
  return calls.size === 0 ? undefined : { body: { calls: [...calls.values()] }, labels: NO_LABELS };
}

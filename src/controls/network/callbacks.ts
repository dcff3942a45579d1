import type { View } from '../../core/control/view.ts';
import type { Callback } from '../../core/facts/facts.ts';
import type { ServiceBody } from '../../core/model/bodies.ts';
import { quoteForeign } from '../../core/model/finding.ts';
import type { Entry } from '../../k8s/entry.ts';
import type { Labels } from '../../k8s/object.ts';

/** What the API server calls in a namespace, and which pods answer. */
export interface ServedCallback extends Callback {
  /** The pods that answer, and their port by number or name; absent: nobody can say. */
  readonly served?: { readonly pods: Labels; readonly port: number | string };
  /** Why nobody can say. */
  readonly unclear?: string;
}

/** A namespace with more of them is nobody's idea of one namespace. */
const MAX_CALLBACKS = 32;

/**
 * The callbacks that a namespace serves, resolved through its Services; undefined while it is not known what the API
 * server calls. Whoever writes a Service chooses the pods: of this namespace alone, and for the API server alone.
 */
export function callbacksIn(view: View): readonly ServedCallback[] | undefined {
  const { callbacks } = view.facts;
  if (!callbacks.known) return undefined;
  const called = Object.hasOwn(callbacks.value, view.namespace) ? (callbacks.value[view.namespace] ?? []) : [];
  return called.flatMap((callback, index): readonly ServedCallback[] => {
    if (index >= MAX_CALLBACKS) return [{ ...callback, unclear: `more than ${MAX_CALLBACKS} are served here` }];
    const service = view.live('Service', callback.service) as Entry<ServiceBody> | undefined;
    // A name elsewhere: no policy here has a say in it.
    return service?.body.external === true ? [] : [resolved(callback, service?.body)];
  });
}

function resolved(callback: Callback, service: ServiceBody | undefined): ServedCallback {
  if (service === undefined) return { ...callback, unclear: 'the Service is not there' };
  const { selector, ports } = service;
  // The API server calls by TCP alone; a targetPort that is left out is the port itself.
  const found = ports.find(({ port, protocol }) => port === callback.port && protocol === 'TCP');
  if (found === undefined) return { ...callback, unclear: `the Service has no TCP port ${callback.port}` };
  if (selector === undefined) return { ...callback, unclear: 'the Service selects no pods' };
  return { ...callback, served: { pods: selector, port: found.targetPort ?? found.port } };
}

/** `Service webhooks:443 (ValidatingWebhookConfiguration policies and 2 more)`. */
export function describeCallback({ service, port, callers }: Callback): string {
  const [first = '', ...more] = callers.map(quoteForeign);
  return `Service ${quoteForeign(service)}:${port} (${first}${more.length === 0 ? '' : ` and ${more.length} more`})`;
}

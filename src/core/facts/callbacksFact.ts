import type { Entry } from '../../k8s/entry.ts';
import type { ObjectIndex } from '../../k8s/objectIndex.ts';
import type { CallerBody } from '../model/bodies.ts';
import { compareText } from '../model/finding.ts';
import type { Callback, CallbacksFact, Fact } from './facts.ts';

/** Whatever makes the API server call into a namespace. */
export const CALLER_KINDS: readonly string[] = [
  'ValidatingWebhookConfiguration',
  'MutatingWebhookConfiguration',
  'APIService',
  'CustomResourceDefinition',
];

/**
 * Which Services the API server calls, by their namespace: admission webhooks, aggregated APIs, CRD conversion. Which pods
 * answer, the Service says, and it is looked up in the namespace: the fact changes with what cluster administrators
 * write, and not with every Service.
 */
export function callbacksFact(index: ObjectIndex): Fact<CallbacksFact> {
  const found = new Map<string, Map<string, Callback>>();
  for (const kind of CALLER_KINDS) {
    for (const entry of index.ofKind(kind) as Iterable<Entry<CallerBody>>) {
      for (const { namespace, service, port, failsClosed } of entry.body.calls) {
        const inNamespace = found.get(namespace) ?? new Map<string, Callback>();
        found.set(namespace, inNamespace);
        const key = `${service}/${port}`;
        const known = inNamespace.get(key);
        const callers = [...(known?.callers ?? []), `${kind} ${entry.name}`].sort();
        inNamespace.set(key, { service, port, callers, failsClosed: failsClosed || known?.failsClosed === true });
      }
    }
  }
  const namespaces = [...found].sort(([a], [b]) => compareText(a, b));
  return {
    known: true,
    value: Object.fromEntries(namespaces.map(([name, callbacks]) => [name, [...callbacks.values()].sort(byService)])),
  };
}

const byService = (a: Callback, b: Callback): number => compareText(a.service, b.service) || a.port - b.port;

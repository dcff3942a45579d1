import type { NetworkSpec } from '../../api/types.ts';
import type { View } from '../../core/control/view.ts';
import type { Finding } from '../../core/model/finding.ts';
import { quoteForeign } from '../../core/model/finding.ts';
import type { ObjectRef } from '../../k8s/ref.ts';
import type { ServedCallback } from './callbacks.ts';
import { describeCallback } from './callbacks.ts';
import { namespaceRef } from './findings.ts';
import type { Direction } from './names.ts';
import { denies } from './names.ts';
import { namedWorkloads } from './podsIn.ts';
import { preflightOf } from './preflight.ts';

/** Each is about a Service by itself; a list of them all helps nobody. */
const MAX_FINDINGS = 8;

/** What preflight holds up, and what a closed namespace does not let in (THREATS 21). */
export function preflightFindings(control: string, spec: NetworkSpec, view: View): readonly Finding[] {
  const { held, unmet, agents } = preflightOf(spec, view);
  const { callbacks } = view.facts;
  if (agents === 'unknown') return [podsUnknown(control, view.namespace)];
  if (agents.length > 0) return [agentsHeld(control, view.namespace, held, agents)];
  if (!callbacks.known && denies(spec, 'Ingress')) {
    return [callbacksUnknown(control, view.namespace, callbacks.why, held.includes('Ingress'))];
  }
  const tell = held.includes('Ingress') ? preflightHeld : callbackNotAllowed;
  const untold = held.includes('Ingress') ? unmet : unmet.filter((callback) => !isGuessed(spec, callback));
  return untold.slice(0, MAX_FINDINGS).map((callback) => tell(control, view.namespace, callback));
}

/** It has a rule, by discovered addresses: `CallbackSourceUnproved` tells of it. */
const isGuessed = (spec: NetworkSpec, { served }: ServedCallback): boolean =>
  served !== undefined &&
  spec.allow?.apiServerCallbacks !== undefined &&
  spec.allow.apiServerCallbacks.cidrs === undefined;

const preflightHeld = (control: string, namespace: string, callback: ServedCallback): Finding => ({
  control,
  check: 'SB-NET-001',
  severity: 'high',
  result: 'fail',
  ref: serviceRef(namespace, callback),
  reason: 'PreflightHeld',
  message: `Ingress is not closed yet: the API server calls ${describeCallback(callback)}, ${consequence(callback)}. ${remedy(callback)}, or preflight: Ignore.`,
});

const agentsHeld = (
  control: string,
  namespace: string,
  held: readonly Direction[],
  agents: readonly string[],
): Finding => ({
  control,
  check: 'SB-NET-001',
  severity: 'high',
  result: 'fail',
  ref: namespaceRef(namespace),
  reason: 'PreflightHeld',
  message: `The namespace is not closed yet (${held.join(', ')}): what runs there is a part of the nodes, ${namedWorkloads(agents.map((workload) => ({ workload })))}. Name the namespace in includedSystemNamespaces, or by kubernetes.io/metadata.name in the namespaceSelector, or write preflight: Ignore.`,
});

const podsUnknown = (control: string, namespace: string): Finding => ({
  control,
  check: 'SB-NET-001',
  severity: 'medium',
  result: 'unknown',
  ref: namespaceRef(namespace),
  reason: 'PodsUnknown',
  message: 'What runs in the namespace is not known yet: it is not closed for the first time before that.',
});

const callbackNotAllowed = (control: string, namespace: string, callback: ServedCallback): Finding => ({
  control,
  check: 'SB-NET-001',
  severity: 'high',
  result: 'warn',
  ref: serviceRef(namespace, callback),
  reason: 'CallbackNotAllowed',
  message: `Ingress is closed and stays closed; the API server calls ${describeCallback(callback)}, ${consequence(callback)}. ${remedy(callback)}.`,
});

/** A rule rests on discovered addresses, and calls may come from elsewhere. */
export const sourceUnproved = (control: string, namespace: string, callback: ServedCallback): Finding => ({
  control,
  check: 'SB-NET-001',
  severity: 'medium',
  result: 'warn',
  ref: serviceRef(namespace, callback),
  reason: 'CallbackSourceUnproved',
  message: `Calls to ${describeCallback(callback)} are let in from the discovered addresses of the API server alone; they may come from a tunnel or another address of its nodes. Write allow.apiServerCallbacks.cidrs.`,
});

const callbacksUnknown = (control: string, namespace: string, why: string, held: boolean): Finding => ({
  control,
  check: 'SB-NET-001',
  severity: 'medium',
  result: 'unknown',
  ref: namespaceRef(namespace),
  reason: 'CallbacksUnknown',
  message: `What the API server calls is not known (${why}): ingress ${held ? 'is not closed yet' : 'stays as it is'}.`,
});

const consequence = ({ failsClosed }: ServedCallback): string =>
  failsClosed
    ? 'and requests that need an answer fail without one'
    : 'and requests wait for an answer, and go on without one';

const remedy = ({ served, unclear }: ServedCallback): string =>
  served === undefined
    ? `Which pods answer is not known (${unclear ?? ''}). Correct that, or write a rule that is open to all pods`
    : `Write allow.apiServerCallbacks.cidrs with the addresses it calls from, or a rule open to everybody on TCP ${quoteForeign(String(served.port))} of its pods`;

const serviceRef = (namespace: string, { service }: ServedCallback): ObjectRef => ({
  kind: 'Service',
  namespace,
  name: service,
});

import type { Labels } from '../../../src/k8s/object.ts';
import type { Ip } from './ip.ts';
import { isWithin, rangeOf } from './ip.ts';
import type { Json } from './json.ts';

/**
 * What NetworkPolicies let through, connection by connection, as the API's documentation says it (networking/v1
 * types.go); written a second time, so that it can judge src/core/reach and src/controls.
 */
export interface Pod {
  readonly namespace: string;
  readonly namespaceLabels: Labels;
  readonly labels: Labels;
  readonly ip: Ip;
  /** Container ports by name. */
  readonly ports: Readonly<Record<string, number>>;
}

/** An address that is no pod's. */
export interface Outsider {
  readonly namespace?: undefined;
  readonly ip: Ip;
}

/** A connection from or to a pod of the governed namespace. */
export interface Connection {
  readonly direction: 'Ingress' | 'Egress';
  readonly pod: Pod;
  readonly peer: Pod | Outsider;
  readonly protocol: string;
  readonly port: number;
}

/** The `spec` of a NetworkPolicy, from anywhere. */
export type PolicySpec = Json;

/** Whether the policies of the pod's namespace let the connection through. */
export function isLetThrough(policies: readonly PolicySpec[], connection: Connection): boolean {
  const isolating = policies.filter((spec) => isIsolating(spec, connection));
  return isolating.length === 0 || isolating.some((spec) => isAllowedBy(spec, connection));
}

const isIsolating = (spec: PolicySpec, { pod, direction }: Connection): boolean =>
  isSelected(spec.podSelector, pod.labels) && typesOf(spec).includes(direction);

const typesOf = ({ policyTypes, egress }: PolicySpec): readonly string[] =>
  policyTypes?.length > 0 ? policyTypes : egress?.length > 0 ? ['Ingress', 'Egress'] : ['Ingress'];

function isAllowedBy(spec: PolicySpec, connection: Connection): boolean {
  const rules: readonly PolicySpec[] = (connection.direction === 'Ingress' ? spec.ingress : spec.egress) ?? [];
  return rules.some((rule) => {
    const peers: readonly PolicySpec[] = rule.from ?? rule.to ?? [];
    const ports: readonly PolicySpec[] = rule.ports ?? [];
    return (
      (peers.length === 0 || peers.some((peer) => isPeer(peer, connection))) &&
      (ports.length === 0 || ports.some((port) => isPort(port, connection)))
    );
  });
}

function isPeer({ ipBlock, namespaceSelector, podSelector }: PolicySpec, { peer, pod }: Connection): boolean {
  if (ipBlock !== undefined) {
    const holes: readonly string[] = ipBlock.except ?? [];
    return isWithin(rangeOf(ipBlock.cidr), peer.ip) && !holes.some((hole) => isWithin(rangeOf(hole), peer.ip));
  }
  if (peer.namespace === undefined) return false;
  const isNamespace =
    namespaceSelector === undefined
      ? peer.namespace === pod.namespace
      : isSelected(namespaceSelector, peer.namespaceLabels);
  return isNamespace && (podSelector === undefined || isSelected(podSelector, peer.labels));
}

/** A name is one of the pod that is connected to; an address has none. */
function isPort(rule: PolicySpec, { direction, pod, peer, protocol, port }: Connection): boolean {
  if ((rule.protocol ?? 'TCP') !== protocol) return false;
  if (rule.port === undefined) return true;
  const target = direction === 'Ingress' ? pod : peer;
  const names: Readonly<Record<string, number>> = target.namespace !== undefined ? target.ports : {};
  const first = typeof rule.port === 'string' ? names[rule.port] : rule.port;
  return first !== undefined && first <= port && port <= (rule.endPort ?? first);
}

/** Whether labels meet a LabelSelector (apimachinery, labels.Requirement.Matches). */
export function isSelected(selector: PolicySpec, labels: Labels): boolean {
  const has = new Map(Object.entries(labels));
  const equal = Object.entries(selector?.matchLabels ?? {}).every(([key, value]) => has.get(key) === value);
  const met = (selector?.matchExpressions ?? []).every(({ key, operator, values }: PolicySpec) => {
    const value = has.get(key);
    if (operator === 'Exists') return value !== undefined;
    if (operator === 'DoesNotExist') return value === undefined;
    const isIn = value !== undefined && values.includes(value);
    return operator === 'In' ? isIn : !isIn;
  });
  return equal && met;
}

import type { AllowRule, NetworkSpec, PortSpec } from '../../api/types.ts';
import { opensAddresses, reachOf } from '../../core/reach/reach.ts';
import type { Labels } from '../../k8s/object.ts';
import type { LabelSelector } from '../../k8s/selector.ts';
import { matchesSelector } from '../../k8s/selector.ts';
import type { ServedCallback } from './callbacks.ts';
import { carvedPeers } from './carvedPeers.ts';

/**
 * Whether a rule of the baseline lets everybody in to the pods that answer, on the port on which they do (THREATS 21): where
 * the API server comes from, a node or a tunnel, cannot be known, so a rule for some addresses proves nothing.
 */
export const openByRule = (spec: NetworkSpec, callback: ServedCallback): boolean =>
  (spec.allow?.rules ?? []).some(
    (rule) => selectsAllOf(rule.podSelector, callback.served?.pods) && letsIn(rule, callback, spec.blockedCidrs ?? []),
  );

const letsIn = ({ ingress }: AllowRule, { served }: ServedCallback, blocked: readonly string[]): boolean =>
  (ingress ?? []).some(
    ({ from, ports }) =>
      opensPort(ports, served?.port) &&
      (from.length === 0 || opensAddresses(reachOf([{ from: carvedPeers(from, blocked).peers }], 'from'))),
  );

/** Whether a selector takes in every pod with these labels, whatever else the pod has; of pods not known only one for all. */
function selectsAllOf(selector: LabelSelector, pods: Labels | undefined): boolean {
  const required = [
    ...Object.keys(selector.matchLabels ?? {}),
    ...(selector.matchExpressions ?? []).map(({ key }) => key),
  ];
  if (pods === undefined) return required.length === 0;
  return required.every((key) => Object.hasOwn(pods, key)) && matchesSelector(selector, pods);
}

/** No ports are all. A name is only known to be the same name, or within all numbers. */
export const opensPort = (ports: readonly PortSpec[], port: number | string | undefined): boolean =>
  ports.length === 0 ||
  ports.some(({ protocol = 'TCP', port: first, endPort }) => {
    if (protocol !== 'TCP') return false;
    if (first === undefined) return true;
    if (first === 1 && endPort === 65_535) return true;
    if (typeof first === 'number' && typeof port === 'number') return first <= port && port <= (endPort ?? first);
    return port !== undefined && first === port;
  });

import { list, record, text } from '../../k8s/json.ts';
import type { LabelSelector } from '../../k8s/selector.ts';
import { selectorOf } from './openSelector.ts';

const MAX_SELECTOR = 2048;

/** The pods that a NetworkPolicy's spec selects; undefined when nobody needs so much to say it (THREATS 6). */
export function policySelector(spec: unknown): LabelSelector | undefined {
  const { podSelector } = record(spec);
  const { matchLabels = {}, matchExpressions = [] } = selectorOf(podSelector);
  const selector: LabelSelector = {
    ...(Object.keys(matchLabels).length === 0 ? {} : { matchLabels }),
    ...(matchExpressions.length === 0 ? {} : { matchExpressions }),
  };
  return JSON.stringify(selector).length > MAX_SELECTOR ? undefined : selector;
}

const DNS = 53;

/** Whether some egress rule of a NetworkPolicy's spec is open on port 53, or on a port by name, which may be that one. */
export const allowsDns = (spec: unknown): boolean =>
  list(record(spec).egress).some((rule) => {
    const ports = list(record(rule).ports);
    return ports.length === 0 || ports.some(opensDns);
  });

function opensDns(value: unknown): boolean {
  const { protocol, port, endPort } = record(value);
  if (text(protocol) === 'SCTP') return false;
  if (typeof port !== 'number') return true;
  return typeof endPort === 'number' ? port <= DNS && DNS <= endPort : port === DNS;
}

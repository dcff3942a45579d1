import type { NetworkSpec } from '../../api/types.ts';
import type { Wanted } from '../../core/control/control.ts';
import type { View } from '../../core/control/view.ts';
import type { Finding } from '../../core/model/finding.ts';
import { policySelector } from '../../core/reach/policyShape.ts';
import { opensTooMuch, reachOf } from '../../core/reach/reach.ts';
import { list, record } from '../../k8s/json.ts';
import { matchesSelector } from '../../k8s/selector.ts';
import { allowRules } from './allowRules.ts';
import { opensToEverybody } from './isolationFindings.ts';
import type { Direction } from './names.ts';
import type { PodLike } from './podsIn.ts';

/** Rules of the baseline itself that let pods which are here talk to everybody, or to all namespaces (THREATS 20). */
export function openRules(spec: NetworkSpec, view: View, pods: readonly PodLike[]): readonly Finding[] {
  if (pods.length === 0) return [];
  return allowRules.build(spec, view).wanted.flatMap(({ name, body }) => {
    const selector = policySelector(body.spec);
    if (selector !== undefined && !pods.some(({ labels }) => matchesSelector(selector, labels))) return [];
    const open = (['Ingress', 'Egress'] as const).map((direction) => openingOf(body, direction));
    const directions = open.flatMap((one) => (one === undefined ? [] : [one]));
    return directions.length === 0 ? [] : [opensToEverybody(view.namespace, name, directions)];
  });
}

/** How a direction is open to everybody: on all ports, or on some; undefined: it is not. */
function openingOf(body: Wanted['body'], direction: Direction): { direction: Direction; all: boolean } | undefined {
  const { ingress, egress } = record(body.spec);
  const field = direction === 'Ingress' ? 'from' : 'to';
  const open = list(direction === 'Ingress' ? ingress : egress).filter((rule) => opensTooMuch(reachOf([rule], field)));
  if (open.length === 0) return undefined;
  return { direction, all: open.some((rule) => list(record(rule).ports).length === 0) };
}

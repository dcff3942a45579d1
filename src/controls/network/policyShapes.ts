import { NAME_PREFIX } from '../../api/names.ts';
import type { View } from '../../core/control/view.ts';
import type { ForeignPolicyBody } from '../../core/model/bodies.ts';
import { allowsDns, policySelector } from '../../core/reach/policyShape.ts';
import type { Entry } from '../../k8s/entry.ts';
import { record } from '../../k8s/json.ts';
import type { LabelSelector } from '../../k8s/selector.ts';
import type { Direction } from './names.ts';
import { directionsOf } from './preflight.ts';

/** What a NetworkPolicy that stands does to pods, whoever wrote it. */
export interface PolicyShape {
  readonly name: string;
  /** It isolates the pods it selects in these. */
  readonly directions: readonly Direction[];
  /** Undefined: it was too large to keep, and may select any. */
  readonly selector: LabelSelector | undefined;
  readonly dns: boolean;
}

export const policyShapes = (view: View): readonly PolicyShape[] =>
  [...view.liveOf('NetworkPolicy')].filter(({ deleting }) => !deleting).map(shapeOf);

/** Under our prefix the whole object is kept, of others only the verdict. */
function shapeOf({ name, body }: Entry): PolicyShape {
  if (name.startsWith(NAME_PREFIX)) {
    const { whole } = record(body);
    const { spec } = record(whole);
    const selector = whole === undefined ? undefined : policySelector(spec);
    return { name, directions: directionsOf(body), selector, dns: whole === undefined || allowsDns(spec) };
  }
  const { ingress, egress, selector, dns, tooLarge } = body as ForeignPolicyBody;
  if (tooLarge === true) return { name, directions: ['Ingress', 'Egress'], selector: undefined, dns: true };
  const directions = (['Ingress', 'Egress'] as const).filter(
    (direction) => (direction === 'Ingress' ? ingress : egress) !== undefined,
  );
  return { name, directions, selector, dns: dns === true };
}

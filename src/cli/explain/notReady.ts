import { SECURITY_BASELINE } from '../../api/names.ts';
import { governorsOf } from '../../core/govern/governance.ts';
import type { BaselineBody } from '../../core/model/bodies.ts';
import type { Entry } from '../../k8s/entry.ts';
import type { Decision } from '../world/decide.ts';
import type { World } from '../world/world.ts';

/** A baseline that governs, and what keeps the operator from doing all that it asks for. */
export interface NotReady {
  readonly baseline: string;
  readonly reason: string;
  readonly message: string;
}

/**
 * What the operator itself says of the baselines that govern a namespace: a right that it lacks, or a write that is refused,
 * cannot be seen from outside. Of what a file would change it has said nothing.
 */
export const notReadyIn = (world: World, { governance }: Decision): readonly NotReady[] =>
  [...governorsOf(governance)].flatMap((baseline) => {
    const ref = { kind: SECURITY_BASELINE.kind, namespace: '', name: baseline };
    if (world.documentOf(ref) !== undefined) return [];
    const entry = world.index.get(ref.kind, ref.namespace, ref.name) as Entry<BaselineBody> | undefined;
    const ready = entry?.body.status?.conditions?.find(({ type }) => type === 'Ready');
    return ready === undefined || ready.status === 'True'
      ? []
      : [{ baseline, reason: ready.reason, message: ready.message }];
  });

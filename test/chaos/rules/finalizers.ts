import { FINALIZER } from '../../../src/api/names.ts';
import { enforces } from '../duty.ts';
import type { Violation } from '../observation.ts';
import type { Snapshot } from '../snapshot.ts';
import { ofKind } from '../snapshot.ts';

/**
 * A baseline that would prune when it is deleted carries our finalizer, and one that retains does not. A refused write of
 * it is tried again after seconds: until then nothing has settled, however right the namespaces are.
 */
export function finalizerViolations(snapshot: Snapshot): readonly Violation[] {
  return ofKind(snapshot, 'SecurityBaseline').flatMap((baseline) => {
    const { name, finalizers = [], deletionTimestamp } = baseline.metadata;
    const has = finalizers.includes(FINALIZER);
    const prunes = baseline.spec.deletionPolicy === 'Delete';
    const isMissed = prunes && !has && enforces(baseline);
    const isLeft = !prunes && has;
    if (deletionTimestamp !== undefined || !(isMissed || isLeft)) return [];
    return [
      {
        rule: 'what prunes carries the finalizer, and nothing else does',
        what: `${name} ${isMissed ? 'has no finalizer, though it deletes' : 'has the finalizer, though it retains'}`,
        about: { resource: 'securitybaselines', namespace: '', name },
      },
    ];
  });
}

import { keyOf } from '../../k8s/ref.ts';
import type { Finding } from '../model/finding.ts';
import { objectName, quoteForeign } from '../model/finding.ts';
import type { Change } from '../plan/change.ts';
import type { ChangeResult } from '../plan/changeResult.ts';
import { diffDesired } from '../plan/diff.ts';
import { findingOfChange } from '../plan/driftFinding.ts';
import type { Mutation } from './memory.ts';

/** JSON pointers at which the answer to a write differs from what was sent: admission changed it (THREATS 10). */
export const mutatedFields = (written: ChangeResult): readonly string[] =>
  written.result !== 'written' || written.answer === undefined || written.change.action === 'delete'
    ? []
    : diffDesired(written.change.desired, written.answer);

/** Whether what is to be put right is what admission made of our own write, and nobody has touched it since. */
export function isAsMutated(change: Change, mutations: ReadonlyMap<string, Mutation>): boolean {
  const mutation = mutations.get(keyOf(change.ref));
  return (
    (change.action === 'update' || change.action === 'recreate') &&
    change.live.uid === mutation?.uid &&
    change.live.resourceVersion === mutation.resourceVersion
  );
}

/** A change that admission undid as it was written, or will undo when it is written again. */
export const mutationFinding = (change: Change, fields: readonly string[]): Finding => ({
  ...findingOfChange(change),
  severity: 'critical',
  reason: 'ChangedByAdmission',
  message: `${objectName(change.ref)} differs at ${fields.slice(0, 4).map(quoteForeign).join(', ')}; admission changes it as we write it`,
});

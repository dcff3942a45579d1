import type { Section } from '../../api/types.ts';
import { mutatedFields } from '../../core/gates/mutation.ts';
import type { WithheldChange } from '../../core/gates/permitted.ts';
import type { Governance } from '../../core/govern/governance.ts';
import { isRelease } from '../../core/plan/change.ts';
import type { ChangeResult } from '../../core/plan/changeResult.ts';
import type { Governances } from '../governances.ts';

/** Written, and stored as it was written. */
export const isRight = (r: ChangeResult): boolean => r.result === 'written' && mutatedFields(r).length === 0;

/** Whether all that a section asked for was done. */
export const isCarriedOut = (
  section: Section,
  results: readonly ChangeResult[],
  withheld: readonly WithheldChange[],
): boolean =>
  !withheld.some(({ change }) => change.section === section) &&
  results.every((result) => result.change.section !== section || isRight(result));

/**
 * Every acknowledged prune of a released section ends what the namespace was held to (THREATS 3). What others want there,
 * and perhaps only audit, does not hold it up.
 */
export function releaseDone(
  governances: Governances,
  governance: Governance,
  results: readonly ChangeResult[],
  withheld: readonly WithheldChange[],
): void {
  const undone = [...withheld, ...results.filter(({ result }) => result !== 'written')];
  const left = new Set(undone.filter(({ change }) => isRelease(change)).map(({ change }) => change.section));
  const done = governance.sections.filter((s) => s.released !== undefined && !left.has(s.section));
  if (done.length > 0) governances.pruned(governance.namespace, new Set(done.map((s) => s.section)));
}

import { MANAGED_BY, MANAGED_BY_LABEL, NAME_PREFIX } from '../../api/names.ts';
import type { Finding } from '../model/finding.ts';
import { quoteForeign } from '../model/finding.ts';
import type { View } from './view.ts';

/** Anybody may make as many as they like; a list of them all helps nobody. */
const MAX_FINDINGS = 20;

/**
 * Objects under our prefix that neither the plan names nor our label marks. The engine prunes those with the label and
 * takes over those of the plan; these are nobody's, and look like ours to people (THREATS 1).
 */
export function reservedNameFindings(
  control: string,
  check: string,
  kind: string,
  planned: ReadonlySet<string>,
  view: View,
): readonly Finding[] {
  const found = [...view.liveOf(kind)].filter(
    ({ name, labels }) => name.startsWith(NAME_PREFIX) && !planned.has(name) && labels[MANAGED_BY_LABEL] !== MANAGED_BY,
  );
  return found.slice(0, MAX_FINDINGS).map(({ name, namespace }) => ({
    control,
    check,
    severity: 'medium',
    result: 'fail',
    ref: { kind, namespace, name },
    reason: 'ReservedNameInUse',
    message: `${kind} ${quoteForeign(name)} has the reserved prefix ${NAME_PREFIX} and is not Drawbridge's: delete or rename it.`,
  }));
}

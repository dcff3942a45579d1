import type { Section } from '../../api/types.ts';
import { SECTIONS } from '../../api/types.ts';
import type { Control } from '../../core/control/control.ts';
import type { Governance } from '../../core/govern/governance.ts';
import { isUsed } from '../../core/govern/governance.ts';
import { inspectedBySection } from '../sections.ts';

/** The sections whose own kinds are known: of the others nothing can be decided yet (THREATS 19). */
export const readyPart = (governance: Governance, isReady: (section: Section) => boolean): Governance => {
  const sections = governance.sections.filter((s) => isReady(s.section) || !isUsed(s));
  return sections.length === governance.sections.length ? governance : { ...governance, sections };
};

/**
 * Whether all that inspection looks at is known. Repairs do not wait for it, but what is told does: a finding that is
 * missing for a moment would be a lie, and a write at each start.
 */
export function seenBy(
  controls: readonly Control[],
  isKnown: (kind: string) => boolean,
): (governance: Governance) => boolean {
  const inspected = new Map(SECTIONS.map((section) => [section, inspectedBySection(controls, section)]));
  return ({ sections }) => sections.every((s) => !isUsed(s) || (inspected.get(s.section) ?? []).every(isKnown));
}

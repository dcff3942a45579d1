import type { BaselineReportBody, Section } from '../../api/types.ts';
import type { SectionGovernance } from '../govern/governance.ts';
import { active } from '../govern/rank.ts';
import type { Waiver } from '../waive/waiver.ts';
import type { Outcome } from './outcome.ts';

export type ReportedLayer = NonNullable<BaselineReportBody['layers']>[number];

const SHADOWS = 4;

/** `serviceAccounts` as `service-accounts`: the controls of a section are named after it. */
const dashed = (word: string): string => word.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** Whether a control belongs to a section, by its name: `service-account.default-token` to `serviceAccounts`. */
export const isControlOf = (section: string, control: string): boolean =>
  dashed(section).startsWith(dashed(control.split('.')[0] ?? ''));

/** The waiver by which a control of the section is waived whole, of several the one that ends last. */
export const waiverOfSection = (section: Section, { waived }: Outcome): Waiver | undefined =>
  [...(waived?.controls ?? [])]
    .filter(([control]) => isControlOf(section, control))
    .map(([, waiver]) => waiver)
    .toSorted((a, b) => b.expiresAtMs - a.expiresAtMs)[0];

/** One layer of defence for each section of a namespace: who answers for it, and whether it stands. */
export const layersOf = (outcome: Outcome): readonly ReportedLayer[] =>
  outcome.governance.sections.map((section) => layerOf(section, outcome));

function layerOf(governance: SectionGovernance, outcome: Outcome): ReportedLayer {
  const { section, governor, shadows } = governance;
  if (governor === undefined) return { layer: section, state: 'None' };
  const waiver = waiverOfSection(section, outcome);
  return {
    layer: section,
    state: stateOf(governance, outcome),
    baseline: governor.baseline.name,
    ...(waiver === undefined ? {} : { waiver: waiver.name }),
    ...(shadows.length === 0 ? {} : { shadows: shadows.slice(0, SHADOWS).map(({ baseline }) => baseline.name) }),
  };
}

/** What hides the most first: of a layer that is waived nobody should believe that it stands. */
function stateOf({ section, governor }: SectionGovernance, outcome: Outcome): ReportedLayer['state'] {
  if (governor?.suspended === true) return 'Suspended';
  if (governor?.enforcement === 'Audit') return 'Audited';
  if (outcome.results.some(({ result, change }) => result === 'failed' && change.section === section)) return 'Failed';
  if (active(governor) && waiverOfSection(section, outcome) !== undefined) return 'Waived';
  const own = outcome.baselines.find(({ baseline }) => baseline === governor?.baseline.name)?.findings ?? [];
  const results = new Set(own.filter(({ control }) => isControlOf(section, control)).map(({ result }) => result));
  if (results.has('fail')) return 'Drifted';
  if (results.has('unknown')) return 'Unknown';
  return governor?.retained === true ? 'Held' : 'Enforced';
}

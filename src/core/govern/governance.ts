import type { Enforcement, ReportedSection, Section, SectionSpecs } from '../../api/types.ts';
import type { Labels } from '../../k8s/object.ts';
import type { Baseline } from './baseline.ts';

export interface NamespaceIdentity {
  readonly name: string;
  readonly labels: Labels;
}

/** One baseline's claim to one section of one namespace. */
export interface Claim<S extends Section = Section> {
  readonly section: S;
  readonly baseline: Baseline;
  readonly spec: SectionSpecs[S];
  readonly enforcement: Enforcement;
  readonly suspended: boolean;
  /** The namespace no longer matches by its own labels, but stays held. */
  readonly retained: boolean;
  /** The labels by which it was selected. */
  readonly selectedBy: ReportedSection['selectedBy'];
}

export interface Notice {
  readonly reason: 'LeftByLabel' | 'WeakerBaselineGoverns';
  readonly message: string;
}

/** Who governs one section of a namespace, and who would. */
export interface SectionGovernance {
  readonly section: Section;
  readonly governor: Claim | undefined;
  /** Audit and suspended claims that would outrank the governor: evaluated for findings only (THREATS 15). */
  readonly shadows: readonly Claim[];
  /** The baseline whose objects are to be pruned here, because it lets go under `deletionPolicy: Delete`. */
  readonly released: string | undefined;
  /** The baseline that the namespace is held to still claims the section, whether it acts or not. */
  readonly held: boolean;
  readonly notices: readonly Notice[];
}

export interface Governance {
  readonly namespace: string;
  readonly sections: readonly SectionGovernance[];
}

/** Whether anything is asked for in a section: by who governs it, who would, or who lets it go. */
export const isUsed = ({ governor, shadows, released }: SectionGovernance): boolean =>
  governor !== undefined || shadows.length > 0 || released !== undefined;

/** The baselines that govern a section here; others are on trial, or would govern (THREATS 15). */
export const governorsOf = ({ sections }: Governance): ReadonlySet<string> =>
  new Set(sections.flatMap(({ governor }) => (governor === undefined ? [] : [governor.baseline.name])));

/** Who governs each section. */
export function claimsOf(governance: Governance): Readonly<Partial<Record<Section, Claim>>> {
  const claims: Partial<Record<Section, Claim>> = {};
  for (const { section, governor } of governance.sections) if (governor !== undefined) claims[section] = governor;
  return claims;
}

/** Whether two governances ask for the same: then nothing needs to be done again. */
export const sameGovernance = (a: Governance, b: Governance): boolean =>
  a.sections.every((x, i) => {
    const y = b.sections[i];
    return (
      y !== undefined &&
      sameClaim(x.governor, y.governor) &&
      x.released === y.released &&
      x.shadows.length === y.shadows.length &&
      x.shadows.every((shadow, j) => sameClaim(shadow, y.shadows[j])) &&
      x.notices.length === y.notices.length &&
      x.notices.every((notice, j) => notice.message === y.notices[j]?.message)
    );
  });

const sameClaim = (a: Claim | undefined, b: Claim | undefined): boolean =>
  a?.baseline.uid === b?.baseline.uid &&
  a?.baseline.generation === b?.baseline.generation &&
  a?.retained === b?.retained;

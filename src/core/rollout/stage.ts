import type { Section } from '../../api/types.ts';
import type { Baseline } from '../govern/baseline.ts';
import type { Claim, Governance, SectionGovernance } from '../govern/governance.ts';
import { active } from '../govern/rank.ts';
import { canonical } from '../plan/diff.ts';

/** A namespace waits for its turn in the roll-out of a baseline. */
export interface Waits {
  readonly baseline: Baseline;
  /** The version, of this or of another baseline, that it is held at meanwhile; undefined: none. */
  readonly at: Baseline | undefined;
}

export interface Staged {
  /** Who governs now: sections that wait are as they were. */
  readonly governance: Governance;
  readonly waits: readonly Waits[];
}

export interface StageOptions {
  /** Whether a baseline that governed is still there, and now only audits the section, or rests. */
  readonly rests: (baseline: Baseline, section: Section) => boolean;
  /** The baseline whose turn it is here, by uid; undefined: none. */
  readonly turn: string | undefined;
  /** The baselines for which the namespace waited when it was last looked at, by uid. */
  readonly waited: ReadonlySet<string>;
}

/**
 * Holds back the sections of `wanted` whose governor rolls out in batches and is another version, or another baseline, than
 * in `before`; undefined: nobody knows it. Only that waits: what is new to a baseline, what lets go, what only audits or rests, and an edit by which
 * nothing differs, do not.
 */
export function staged(wanted: Governance, before: Governance | undefined, options: StageOptions): Staged {
  if (before === undefined) return { governance: wanted, waits: [] };
  const ofBefore = new Set(before.sections.flatMap(({ governor }) => governor?.baseline.uid ?? []));
  const waits: Waits[] = [];
  const sections = wanted.sections.map((next, index) => {
    const old = before.sections[index];
    const { governor } = next;
    if (old === undefined || governor === undefined || !mustWait(governor, old, ofBefore, options)) return next;
    waits.push({ baseline: governor.baseline, at: old.governor?.baseline });
    return asBefore(next, old, governor);
  });
  return waits.length === 0 ? { governance: wanted, waits } : { governance: { ...wanted, sections }, waits };
}

/** Whether anybody who governs here brings edits in batches: else nothing waits, whoever governed before. */
export const rollsOut = ({ sections }: Governance): boolean =>
  sections.some(({ governor }) => governor?.baseline.spec.rollout !== undefined);

function mustWait(
  next: Claim,
  { governor: old, section }: SectionGovernance,
  ofBefore: ReadonlySet<string>,
  options: StageOptions,
): boolean {
  const { baseline } = next;
  if (baseline.spec.rollout === undefined || !active(next) || options.turn === baseline.uid) return false;
  // A section that an edit adds is an edit, also when all of before went by it and only the wait is left of the baseline;
  // one of a baseline that is new here finds a namespace that is new to it.
  if (old === undefined) return ofBefore.has(baseline.uid) || options.waited.has(baseline.uid);
  if (old.baseline.uid !== baseline.uid) return !options.rests(old.baseline, section);
  return old.baseline.generation !== baseline.generation && !asksForTheSame(next, old);
}

/** Another priority, or other namespaces, change nothing in one that was and is governed. */
const asksForTheSame = (a: Claim, b: Claim): boolean =>
  a.enforcement === b.enforcement &&
  a.suspended === b.suspended &&
  (a.spec === b.spec || canonical(a.spec as never) === canonical(b.spec as never));

/** Held at what it was held to, with what is known by now of how it is held. */
function asBefore(next: SectionGovernance, old: SectionGovernance, wanted: Claim): SectionGovernance {
  const governor = old.governor === undefined ? undefined : { ...old.governor, retained: wanted.retained };
  const notices = [
    ...next.notices.filter(({ reason }) => reason === 'LeftByLabel'),
    ...old.notices.filter(({ reason }) => reason !== 'LeftByLabel'),
  ];
  return { ...next, governor, shadows: active(governor) ? next.shadows : [], notices };
}

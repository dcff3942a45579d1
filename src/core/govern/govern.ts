import type { Section } from '../../api/types.ts';
import { SECTIONS } from '../../api/types.ts';
import type { Baseline } from './baseline.ts';
import { enforcementOf, prunes, selects } from './baseline.ts';
import { claimOf } from './claim.ts';
import type { Claim, Governance, NamespaceIdentity, Notice, SectionGovernance } from './governance.ts';
import type { Held } from './held.ts';
import { active, compareClaims, outranks, priorityOf } from './rank.ts';
import { weakerThan } from './weaker.ts';

/**
 * For each section the baseline that governs it in a namespace, or none (DESIGN §3). Total and deterministic: the order
 * of `baselines` does not matter. `held` is what the namespace was held to when last seen; `ownNamespace` the operator's.
 */
export const govern = (
  baselines: readonly Baseline[],
  namespace: NamespaceIdentity,
  held: Held,
  ownNamespace: string,
): Governance => ({
  namespace: namespace.name,
  sections: SECTIONS.map((section) => governSection(section, baselines, namespace, held, ownNamespace)),
});

function governSection(
  section: Section,
  baselines: readonly Baseline[],
  namespace: NamespaceIdentity,
  held: Held,
  ownNamespace: string,
): SectionGovernance {
  const record = held.find((h) => h.section === section);
  // The operator's own namespace holds its own NetworkPolicy, which a baseline must never contradict (THREATS 25).
  const candidates = section === 'network' && namespace.name === ownNamespace ? [] : baselines;
  const claims = candidates
    .map((baseline) => claimOf(section, baseline, namespace, record, ownNamespace))
    .filter((claim) => claim !== undefined)
    .sort(compareClaims);
  const governor = claims[0];
  const released = releasedBy(section, record, governor, baselines, namespace, ownNamespace);
  if (governor === undefined && released === undefined) return NOBODY[section];
  const shadows = governor === undefined ? [] : claims.slice(1).filter((c) => !active(c) && outranks(c, governor));
  return {
    section,
    governor,
    shadows: active(governor) ? shadows : [],
    released,
    held: record !== undefined && claims.some(({ baseline }) => baseline.uid === record.baselineUid),
    notices: noticesOf(claims, record),
  };
}

/** Nobody asks for a section: the same for all namespaces, of which ten thousand are kept. */
const NOBODY = Object.fromEntries(
  SECTIONS.map((section): [Section, SectionGovernance] => [
    section,
    { section, governor: undefined, shadows: [], released: undefined, held: false, notices: [] },
  ]),
) as Readonly<Record<Section, SectionGovernance>>;

/**
 * The baseline that lets go of a section under `deletionPolicy: Delete`. Absence never prunes (THREATS 3): a baseline
 * that vanished, is suspended or only audits releases nothing, and neither does one whose successor enforces.
 */
function releasedBy(
  section: Section,
  record: Held[number] | undefined,
  governor: Claim | undefined,
  baselines: readonly Baseline[],
  namespace: NamespaceIdentity,
  ownNamespace: string,
): string | undefined {
  if (record === undefined || governor?.enforcement === 'Enforce') return undefined;
  const baseline = baselines.find((b) => b.uid === record.baselineUid);
  if (baseline === undefined || !prunes(baseline.spec)) return undefined;
  if (baseline.spec.suspend === true || enforcementOf(baseline.spec, section) !== 'Enforce') return undefined;
  const leaves =
    baseline.releasing ||
    baseline.spec[section] === undefined ||
    !selects(baseline.spec, namespace.name, namespace.labels, ownNamespace);
  return leaves ? baseline.name : undefined;
}

function noticesOf(claims: readonly Claim[], record: Held[number] | undefined): readonly Notice[] {
  const [governor, next] = claims;
  const notices: Notice[] = [];
  if (governor?.retained === true) {
    const labels = governor.selectedBy.map(({ key, value }) => (value === undefined ? `!${key}` : `${key}=${value}`));
    notices.push({
      reason: 'LeftByLabel',
      message: `the namespace no longer has the labels that ${governor.baseline.name} selects (${labels.join(', ')}); it stays held until the baseline's selector or excludedNamespaces release it`,
    });
  }
  const why =
    governor === undefined ? undefined : (weakerThanNext(governor, next) ?? weakerThanBefore(governor, record));
  if (why !== undefined) notices.push({ reason: 'WeakerBaselineGoverns', message: why });
  return notices;
}

function weakerThanNext(governor: Claim, next: Claim | undefined): string | undefined {
  if (next === undefined || !active(next)) return undefined;
  const why =
    priorityOf(governor) === priorityOf(next)
      ? 'both have the same priority, so the older one governs'
      : weakerThan(governor, next);
  if (why === undefined) return undefined;
  return `${governor.baseline.name} governs ${governor.section} before ${next.baseline.name}: ${why}`;
}

/** Of a take-over from one that is gone, or selects no more, only the record of the namespace tells. */
const weakerThanBefore = (governor: Claim, record: Held[number] | undefined): string | undefined =>
  record?.weakened !== undefined &&
  record.baselineUid === governor.baseline.uid &&
  record.weakened.generation === governor.baseline.generation
    ? `${governor.baseline.name} took over ${governor.section} and is weaker: ${record.weakened.why}`
    : undefined;

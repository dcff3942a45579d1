import type { ReportedSection } from '../../api/types.ts';
import type { Baseline } from '../govern/baseline.ts';
import { enforcementOf } from '../govern/baseline.ts';
import type { Claim, Governance, SectionGovernance } from '../govern/governance.ts';

/** What a BaselineReport says of the sections of its namespace. */
export type RecordedSection = Pick<
  ReportedSection,
  'section' | 'baselineUid' | 'generation' | 'retained' | 'selectedBy'
>;

/**
 * Who governed the sections of a namespace when its report was written, for a process that did not see it. `versions` are the older ones
 * of a baseline that are still known. Undefined when one of them is not: then nothing waits (docs/adr/0020).
 */
export function recorded(
  { namespace, sections }: Governance,
  rows: readonly RecordedSection[],
  baselines: readonly Baseline[],
  versions: (baseline: Baseline) => readonly Baseline[],
): Governance | undefined {
  const found: SectionGovernance[] = [];
  for (const { section } of sections) {
    const row = rows.find((one) => one.section === section);
    const version = row === undefined ? undefined : versionOf(row, baselines, versions);
    if (row !== undefined && version === undefined) return undefined;
    const governor = row === undefined || version === undefined ? undefined : claimOf(row, version);
    found.push({ section, governor, shadows: [], released: undefined, held: governor !== undefined, notices: [] });
  }
  return { namespace, sections: found };
}

/** Reports tell the generation only of baselines that roll out in batches; the last one before that tells nothing. */
function versionOf(
  { baselineUid, generation }: RecordedSection,
  baselines: readonly Baseline[],
  versions: (baseline: Baseline) => readonly Baseline[],
): Baseline | undefined {
  const now = baselines.find(({ uid }) => uid === baselineUid);
  if (now === undefined) return undefined;
  const known = [...versions(now), now];
  return generation === undefined
    ? known.findLast(({ spec }) => spec.rollout === undefined)
    : known.find((version) => version.generation === generation);
}

function claimOf({ section, retained = false, selectedBy }: RecordedSection, baseline: Baseline): Claim | undefined {
  const spec = baseline.spec[section];
  if (spec === undefined) return undefined;
  const enforcement = enforcementOf(baseline.spec, section);
  return { section, baseline, spec, enforcement, suspended: baseline.spec.suspend === true, retained, selectedBy };
}

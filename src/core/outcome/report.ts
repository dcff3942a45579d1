import type { BaselineReportBody } from '../../api/types.ts';
import type { SectionGovernance } from '../govern/governance.ts';
import { governorsOf } from '../govern/governance.ts';
import type { Held } from '../govern/held.ts';
import type { Finding } from '../model/finding.ts';
import { cutAt, objectName, quoteForeign } from '../model/finding.ts';
import type { Drift } from '../plan/changeResult.ts';
import type { AppliedWaiver, ContentSeen } from '../waive/waived.ts';
import { controlsOf } from '../waive/waiver.ts';
import type { ReportedLayer } from './layers.ts';
import { layersOf } from './layers.ts';
import type { Outcome } from './outcome.ts';
import { findingsToTell, furtherOf, REPORT_FINDINGS } from './told.ts';

const DRIFT_FIELDS = 8;

/**
 * The BaselineReport of a namespace: what a team sees, and the durable record of what it is held to (DESIGN §2.3).
 * `before` is the stored report, whose last drift stays until there is a newer one. `now` is RFC 3339.
 * `audit` is the layer that is the whole cluster's.
 */
export function reportOf(
  outcome: Outcome,
  held: Held,
  before: BaselineReportBody | undefined,
  drift: Drift | undefined,
  now: string,
  audit?: ReportedLayer,
): BaselineReportBody {
  const findings = findingsToTell(outcome);
  const further = furtherOf(findings.map(({ finding }) => finding).filter(({ result }) => result !== 'waived'));
  const waivers = (outcome.waived?.applied ?? []).map(waiverRow);
  const lastDrift = drift === undefined ? before?.lastDrift : driftOf(drift, now);
  return {
    state: stateOf(outcome),
    summary: summaryOf(outcome, findings.length),
    sections: sectionsOf(outcome, held),
    layers: [...layersOf(outcome), audit ?? { layer: 'audit', state: 'None' }],
    ...(waivers.length === 0 ? {} : { waivers }),
    ...(findings.length === 0
      ? {}
      : { findings: findings.slice(0, REPORT_FINDINGS).map(({ baseline, finding }) => findingOf(baseline, finding)) }),
    ...(further === undefined ? {} : { further }),
    ...(lastDrift === undefined ? {} : { lastDrift }),
  };
}

/** Of those that govern: a baseline on trial says what it would find, and makes nothing worse (THREATS 15). */
const stateOf = ({ governance, baselines }: Outcome): BaselineReportBody['state'] => {
  const governing = governorsOf(governance);
  const states = baselines.filter(({ baseline }) => governing.has(baseline)).map(({ state }) => state);
  if (states.includes('failed')) return 'Failed';
  if (states.includes('drifted')) return 'Drifted';
  if (states.includes('unknown')) return 'Unknown';
  return states.includes('waived') ? 'Waived' : 'Compliant';
};

function summaryOf(outcome: Outcome, findings: number): string {
  const governed = outcome.governance.sections.flatMap(({ section, governor }) =>
    governor === undefined ? [] : [`${section} by ${governor.baseline.name}`],
  );
  const count = findings === 0 ? '' : `; ${findings} finding${findings === 1 ? '' : 's'}`;
  return `${governed.length === 0 ? 'not governed' : governed.join(', ')}${count}`.slice(0, 256);
}

/** One row for each governed section, and for each that is held though nothing governs it at the moment. */
const sectionsOf = (outcome: Outcome, held: Held): BaselineReportBody['sections'] =>
  outcome.governance.sections.flatMap(({ section, governor }) => {
    const record = held.find((h) => h.section === section);
    const holder = record ?? governorRow(outcome, section);
    if (holder === undefined) return [];
    return [
      {
        section,
        baseline: holder.baseline,
        baselineUid: holder.baselineUid,
        enforcement: governor?.enforcement ?? ('Enforce' as const),
        ...(record === undefined ? {} : { held: true }),
        ...(governor?.retained === true ? { retained: true } : {}),
        ...generationOf(governor, holder),
        ...(record?.weakened === undefined ? {} : { weakened: record.weakened }),
        ...(record?.levels === undefined ? {} : { levels: record.levels }),
        ...(record?.closed === undefined ? {} : { closed: record.closed }),
        selectedBy: holder.selectedBy,
      },
    ];
  });

/** Which version it was brought to: while a roll-out is on the way, the next process could not tell. */
const generationOf = (
  governor: SectionGovernance['governor'],
  { baselineUid }: Held[number],
): { readonly generation?: number } => {
  const { uid, generation, spec } = governor?.baseline ?? {};
  return spec?.rollout !== undefined && uid === baselineUid && generation !== undefined ? { generation } : {};
};

const governorRow = (outcome: Outcome, section: string): Held[number] | undefined => {
  const governor = outcome.governance.sections.find((s) => s.section === section)?.governor;
  if (governor === undefined) return undefined;
  const { baseline, selectedBy } = governor;
  return { section: governor.section, baseline: baseline.name, baselineUid: baseline.uid, selectedBy };
};

const findingOf = (baseline: string, finding: Finding): NonNullable<BaselineReportBody['findings']>[number] => ({
  baseline,
  control: finding.control,
  check: finding.check,
  severity: finding.severity,
  result: finding.result,
  object: objectName(finding.ref),
  reason: finding.reason,
  message: cutAt(finding.message, 1024),
  ...(finding.waiver === undefined ? {} : { waiver: finding.waiver }),
});

const waiverRow = ({ waiver, objects }: AppliedWaiver): NonNullable<BaselineReportBody['waivers']>[number] => ({
  waiver: waiver.name,
  waiverUid: waiver.uid,
  controls: controlsOf(waiver.spec),
  until: waiver.spec.expiresAt,
  ...(objects.length === 0
    ? {}
    : {
        objects: objects.map(({ kind, name, content, changed }) => ({
          kind,
          name,
          ...(content === undefined ? {} : { content }),
          ...(changed ? { changed } : {}),
        })),
      }),
});

const driftOf = (drift: Drift, now: string): NonNullable<BaselineReportBody['lastDrift']> => ({
  object: objectName(drift.ref),
  change: drift.change,
  fields: drift.fields.slice(0, DRIFT_FIELDS).map((field) => quoteForeign(field)),
  manager: quoteForeign(drift.manager),
  ...(drift.user === undefined ? {} : { user: quoteForeign(drift.user) }),
  at: now,
  ...(drift.repairedInMs === undefined ? {} : { repairedInMs: Math.round(drift.repairedInMs * 10) / 10 }),
});

/** What a namespace is held to, read back from its report: sections that were only audited are not in it. */
export const heldOf = (report: BaselineReportBody | undefined): Held =>
  (report?.sections ?? []).filter(({ held }) => held === true);

/** The contents under which a process before this one first saw what waivers name. */
export const contentsIn =
  (report: BaselineReportBody | undefined): ContentSeen =>
  (waiverUid, kind, name) =>
    report?.waivers
      ?.find((row) => row.waiverUid === waiverUid)
      ?.objects?.find((object) => object.kind === kind && object.name === name)?.content;

/** The controls that were waived whole when the report was written. */
export const waivedBefore = (report: BaselineReportBody | undefined): ReadonlySet<string> =>
  new Set((report?.waivers ?? []).flatMap(({ controls, objects }) => (objects === undefined ? controls : [])));

import { baselineOf } from '../../../src/core/govern/baseline.ts';
import type { BaselineBody } from '../../../src/core/model/bodies.ts';
import type { Outcome } from '../../../src/core/outcome/outcome.ts';
import { outcomeOf } from '../../../src/core/outcome/outcome.ts';
import { reportOf } from '../../../src/core/outcome/report.ts';
import { statusOf } from '../../../src/core/outcome/status.ts';
import type { Entry } from '../../../src/k8s/entry.ts';
import { createLedger } from '../../../src/operator/ledger.ts';
import { projected } from '../../core/projectedIndex.ts';
import type { AnyObject } from '../../support/kubeAdmin.ts';
import type { Violation } from '../observation.ts';
import type { Snapshot } from '../snapshot.ts';
import { asKubeObjects, ofKind } from '../snapshot.ts';
import type { Judged } from './planned.ts';

const LEDGER_NOW = () => 0;

/** Statuses and reports say what is so. What only the operator's memory knows (a contest, the last drift) is left out. */
export function toldViolations(judged: readonly Judged[], snapshot: Snapshot): readonly Violation[] {
  const outcomes = judged.map(outcomeNow);
  return [
    ...statusViolations(outcomes, snapshot),
    ...judged.flatMap((one, i) => reportViolations(one, outcomes[i], snapshot)),
  ];
}

const outcomeNow = ({ governance, findings, gates }: Judged): Outcome =>
  outcomeOf({
    governance,
    findings,
    withheld: gates.withheld,
    results: [],
    drifts: [],
    contested: 0,
    durationMs: 0,
    terminating: false,
  });

function statusViolations(outcomes: readonly Outcome[], snapshot: Snapshot): readonly Violation[] {
  const ledger = createLedger(LEDGER_NOW);
  for (const outcome of outcomes) ledger.record(outcome);
  return ofKind(snapshot, 'SecurityBaseline').flatMap((live) => {
    const entry = projected(asKubeObjects({ ...snapshot, objects: [live] })[0] as never) as Entry<BaselineBody>;
    const wanted = statusOf(baselineOf(entry, false), undefined, ledger.tally(live.metadata.name), '');
    const about = { resource: 'securitybaselines', namespace: '', name: live.metadata.name };
    return differences(statusSays(live.status), statusSays(wanted as AnyObject['status'])).map((what) => ({
      rule: 'statuses say what is so',
      what: `the status of ${live.metadata.name}: ${what}`,
      about,
    }));
  });
}

const statusSays = (status: AnyObject['status']): Readonly<Record<string, unknown>> => ({
  observedGeneration: status?.observedGeneration,
  namespaces: status?.namespaces,
  summary: status?.summary,
  conditions: (status?.conditions ?? []).map(
    (c: AnyObject) => `${c.type}=${c.status} ${c.reason} of ${c.observedGeneration}`,
  ),
  worst: (status?.worst ?? []).map((w: AnyObject) => `${w.namespace} ${w.severity}`).toSorted(),
});

function reportViolations({ governance, held }: Judged, outcome: Outcome | undefined, snapshot: Snapshot) {
  const { namespace } = governance;
  const rule = 'reports say what is so';
  const about = { resource: 'baselinereports', namespace, name: 'drawbridge' };
  const [live] = ofKind(snapshot, 'BaselineReport', namespace);
  const isUsed = governance.sections.some((s) => s.governor !== undefined || s.shadows.length > 0) || held.length > 0;
  if (!isUsed)
    return live === undefined ? [] : [{ rule, what: `${namespace} has a report, and nothing governs it`, about }];
  if (live === undefined || outcome === undefined) return [{ rule, what: `${namespace} has no report`, about }];
  const wanted = reportOf(outcome, held, undefined, undefined, '');
  return differences(reportSays(live), reportSays(wanted as unknown as AnyObject)).map((what) => ({
    rule,
    what: `the report of ${namespace}: ${what}`,
    about,
  }));
}

const reportSays = ({ state, sections, findings = [] }: AnyObject): Readonly<Record<string, unknown>> => ({
  state,
  sections,
  findings: findings
    .filter(({ reason }: AnyObject) => reason !== 'Contested')
    .map((f: AnyObject) => `${f.baseline} ${f.reason} ${f.object} ${f.result}`)
    .toSorted(),
});

function differences(
  live: Readonly<Record<string, unknown>>,
  wanted: Readonly<Record<string, unknown>>,
): readonly string[] {
  return Object.keys(wanted).flatMap((key) => {
    const [is, should] = [sorted(live[key]), sorted(wanted[key])];
    return is === should ? [] : [`${key} is ${is} and should be ${should}`];
  });
}

/** JSON with sorted keys. */
const sorted = (value: unknown): string =>
  JSON.stringify(value, (_, v) =>
    typeof v === 'object' && v !== null && !Array.isArray(v) ? Object.fromEntries(Object.entries(v).toSorted()) : v,
  ) ?? 'absent';

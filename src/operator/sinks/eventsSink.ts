import type { BaselineReportBody } from '../../api/types.ts';
import { kindRow } from '../../core/kinds/kinds.ts';
import type { Finding } from '../../core/model/finding.ts';
import { objectName, quoteForeign } from '../../core/model/finding.ts';
import type { Outcome } from '../../core/outcome/outcome.ts';
import { restIsNews, toldBy } from '../../core/outcome/told.ts';
import type { Drift } from '../../core/plan/changeResult.ts';
import { byManager } from '../../core/plan/driftFinding.ts';
import { grouped } from '../../k8s/grouped.ts';
import { apiVersionOf } from '../../k8s/kind.ts';
import type { ObjectRef } from '../../k8s/ref.ts';
import type { Sink } from './sink.ts';

/** What the Events recorder takes; see kube/events. */
export interface EventNote {
  readonly regarding: ObjectRef & { readonly apiVersion: string; readonly uid?: string };
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly action: string;
  readonly note: string;
}

/**
 * Events on transitions and repairs, regarding the object and naming the field manager (DESIGN §5). A finding is told
 * once, when it appears, and not again by a process that finds it in the namespace's report; none are written into a
 * namespace that goes (THREATS 17).
 */
export function eventsSink(
  record: (note: EventNote) => void,
  isTerminating: (namespace: string) => boolean,
  reportOf: (namespace: string) => BaselineReportBody | undefined,
): Sink {
  const told = new Map<string, ReadonlySet<string>>();
  return (outcome) => {
    const { namespace } = outcome;
    if (isTerminating(namespace)) {
      told.delete(namespace);
      return;
    }
    for (const drift of outcome.drifts) record(driftNote(drift));
    for (const change of outcome.takenOver) record(noteOn(change.ref, 'Warning', 'TakenOver', 'Update', TAKEN_OVER));
    for (const note of removalNotes(outcome)) record(note);
    const findings = grouped(
      outcome.baselines.flatMap(({ findings: all }) => all.filter(isTold)),
      keyOfFinding,
    );
    const before = told.get(namespace);
    const report = before === undefined ? reportOf(namespace) : undefined;
    const wasTold = toldBy(report);
    const news = [...findings].filter(([key]) => before?.has(key) !== true).flatMap(([, alike]) => differing(alike));
    for (const finding of news.filter((one) => !wasTold(one))) record(findingNote(finding));
    for (const note of moreNotes(outcome, report)) record(note);
    told.set(namespace, findings.size === 0 ? NONE : new Set(findings.keys()));
  };
}

const NONE: ReadonlySet<string> = new Set();
const TAKEN_OVER = 'the object stood under the prefix reserved for Drawbridge without its label and was taken over';
/** These are drift, which has its own Event. */
const DRIFT: ReadonlySet<string> = new Set(['Missing', 'Modified', 'NotDeclared', 'Terminating', 'RoleRefReplaced']);

/** What is waived has nothing new to say: the waiver has Events of its own. */
const isTold = (finding: Finding): boolean => !DRIFT.has(finding.reason) && finding.result !== 'waived';

/** Two rules of a Role may be left out, each with a sentence of its own; what several baselines find alike is told once. */
const differing = (alike: readonly Finding[]): readonly Finding[] => [
  ...new Map(alike.map((finding) => [finding.message, finding])).values(),
];

const keyOfFinding = (f: Finding): string => `${f.control}/${f.reason}/${f.ref.kind}/${f.ref.name}`;

function driftNote(drift: Drift): EventNote {
  const what = `${objectName(drift.ref)} was ${drift.change}${fieldsOf(drift)}${byManager(drift.manager)}`;
  if (drift.result === 'repaired') {
    // Without the milliseconds, so that equal repairs become one Event with a series.
    return noteOn(drift.ref, 'Warning', 'DriftRepaired', 'Repair', `${what}; put right at once`);
  }
  return drift.result === 'failed'
    ? noteOn(drift.ref, 'Warning', 'RepairFailed', 'Repair', `${what}; the repair was refused`)
    : noteOn(drift.ref, 'Warning', 'DriftDetected', 'Audit', `${what}; reported only`);
}

const fieldsOf = (drift: Drift): string =>
  drift.fields.length === 0 ? '' : ` at ${drift.fields.slice(0, 4).map(quoteForeign).join(', ')}`;

const removalNotes = (outcome: Outcome): readonly EventNote[] =>
  outcome.results.flatMap(({ change, result }) =>
    result === 'written' && change.action === 'delete' && change.reason === 'ForeignPolicy'
      ? [
          noteOn(
            change.ref,
            'Warning',
            'ForeignPolicyRemoved',
            'Delete',
            'the policy opened the namespace and was removed; connections made while it stood may outlive it',
          ),
        ]
      : [],
  );

const findingNote = (finding: Finding): EventNote =>
  noteOn(finding.ref, 'Warning', finding.reason, 'Inspect', finding.message);

/** Of findings that the report cannot tell apart, one says that there are others: see `restIsNews`. */
function moreNotes({ namespace, baselines }: Outcome, report: BaselineReportBody | undefined): readonly EventNote[] {
  const findings = baselines.flatMap(({ findings: all }) => all.filter(({ result }) => result !== 'waived'));
  const count = restIsNews(report, findings);
  const note = `${count} findings are more than the report of the namespace can tell apart, and they are not the ones that were there when it was written: some may be new`;
  const ref = { kind: 'Namespace', namespace: '', name: namespace };
  return count === 0 ? [] : [noteOn(ref, 'Warning', 'MoreFindings', 'Inspect', note)];
}

/** A note about an object of a kind we know. */
export const noteOn = (
  ref: ObjectRef,
  type: EventNote['type'],
  reason: string,
  action: string,
  note: string,
): EventNote => ({
  regarding: { kind: ref.kind, namespace: ref.namespace, name: ref.name, apiVersion: apiVersionOf(kindRow(ref.kind)) },
  type,
  reason,
  action,
  note,
});

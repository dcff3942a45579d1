import { SECTIONS } from '../../api/types.ts';
import { apiVersionOf } from '../../k8s/kind.ts';
import type { ObjectRef } from '../../k8s/ref.ts';
import { governorsOf } from '../govern/governance.ts';
import { kindRow } from '../kinds/kinds.ts';
import type { Finding, Result, Severity } from '../model/finding.ts';
import { cutAt } from '../model/finding.ts';
import { isControlOf, layersOf } from './layers.ts';
import type { Outcome } from './outcome.ts';
import type { TellableFinding } from './told.ts';
import { findingsToTell, REPORT_FINDINGS } from './told.ts';

/** What OpenReports and the Policy working group's API both know. */
type PolicyResult = 'pass' | 'fail' | 'warn' | 'error' | 'skip';

/** Under which name dashboards list what is ours. */
export const REPORT_SOURCE = 'drawbridge';
const MAX_MESSAGE = 512;

interface Subject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
}

/** One line of such a report. Without a time: it would be another one at each look. */
export interface PolicyReportResult {
  readonly source: string;
  /** The control, or of a pass the section. */
  readonly policy: string;
  readonly rule?: string;
  readonly category: string;
  readonly severity?: Severity;
  readonly result: PolicyResult;
  readonly scored: boolean;
  readonly message: string;
  readonly resources?: readonly Subject[];
  readonly properties: Readonly<Record<string, string>>;
}

/** Everything outside apiVersion, kind and metadata. */
export interface PolicyReportBody {
  /** The Policy working group's API has it in each result alone. */
  readonly source?: string;
  readonly scope: Subject;
  /** Of all that was found, also of what `results` leaves out. */
  readonly summary: Readonly<Record<PolicyResult, number>>;
  readonly results: readonly PolicyReportResult[];
}

/**
 * A look at a namespace as a report for others: findings as the BaselineReport has them, worst first and as many, then the
 * sections that stand. `kind` is the kind that is written, for the two differ by a field.
 */
export function policyReportOf(outcome: Outcome, kind: string): PolicyReportBody {
  const governors = governorsOf(outcome.governance);
  const found = findingsToTell(outcome).map((one) => resultOf(one, governors.has(one.baseline)));
  const passed = passesOf(outcome);
  const summary = { pass: passed.length, fail: 0, warn: 0, error: 0, skip: 0 };
  for (const { result } of found) summary[result] += 1;
  return {
    ...(kind === 'Report' ? { source: REPORT_SOURCE } : {}),
    scope: { apiVersion: 'v1', kind: 'Namespace', name: outcome.namespace },
    summary,
    results: [...found.slice(0, REPORT_FINDINGS), ...passed],
  };
}

/** What nobody could judge is an error there: it must not look like a pass. */
const RESULTS: Readonly<Record<Result, PolicyResult>> = {
  fail: 'fail',
  warn: 'warn',
  unknown: 'error',
  waived: 'skip',
};

/** A baseline on trial says what it would find, and makes nothing worse (THREATS 15). */
const judged = (result: Result, governs: boolean): PolicyResult =>
  !governs && result === 'fail' ? 'warn' : RESULTS[result];

const resultOf = ({ baseline, finding }: TellableFinding, governs: boolean): PolicyReportResult => ({
  source: REPORT_SOURCE,
  policy: finding.control,
  rule: finding.reason,
  category: categoryOf(finding),
  severity: finding.severity,
  result: judged(finding.result, governs),
  scored: governs && finding.result !== 'waived',
  message: cutAt(finding.message, MAX_MESSAGE),
  resources: [subjectOf(finding.ref)],
  properties: {
    baseline,
    check: finding.check,
    ...(governs ? {} : { trial: 'true' }),
    ...(finding.waiver === undefined ? {} : { waiver: finding.waiver }),
  },
});

const categoryOf = ({ control }: Finding): string =>
  SECTIONS.find((section) => isControlOf(section, control)) ?? 'governance';

function subjectOf({ kind, namespace, name }: ObjectRef): Subject {
  const apiVersion = apiVersionOf(kindRow(kind));
  return namespace === '' ? { apiVersion, kind, name } : { apiVersion, kind, namespace, name };
}

/** Sections that stand, and are enforced: of one that is only audited, waived or unknown nobody should read that it passes. */
const passesOf = (outcome: Outcome): readonly PolicyReportResult[] =>
  layersOf(outcome).flatMap(({ layer, state, baseline = '' }) =>
    state !== 'Enforced' && state !== 'Held'
      ? []
      : [
          {
            source: REPORT_SOURCE,
            policy: layer,
            category: layer,
            result: 'pass' as const,
            scored: true,
            message: `${layer} is held as ${baseline} declares it`,
            properties: { baseline },
          },
        ],
  );

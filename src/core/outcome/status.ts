import type { Condition, SecurityBaselineStatus } from '../../api/types.ts';
import { SECTIONS } from '../../api/types.ts';
import type { Baseline } from '../govern/baseline.ts';
import { enforcementOf, prunes, selectorKeys } from '../govern/baseline.ts';
import type { Finding } from '../model/finding.ts';
import { cutAt } from '../model/finding.ts';
import type { AdmissionVerdict } from './admissionVerdict.ts';
import { isOnTheWay, stallsBaseline } from './admissionVerdict.ts';
import type { AuditVerdict, AuditVerdicts } from './auditVerdict.ts';
import { clusterRows } from './clusterFindings.ts';
import type { NewCondition } from './conditions.ts';
import { mergeConditions } from './conditions.ts';
import type { Failure } from './outcome.ts';
import type { RolloutProgress } from './rolloutProgress.ts';
import { rollingOut, rolloutRow, stoppedOf } from './rolloutProgress.ts';
import type { Contribution, Tally } from './tally.ts';
import { governedCount, versionOf } from './tally.ts';
import { worstOf } from './worst.ts';

/** Of a condition; lints may have much to say. */
const MAX_MESSAGE = 4_096;

const OWNED = [
  'Ready',
  'Reconciling',
  'Stalled',
  'Compliant',
  'AuditPolicyPublished',
  'AuditEffective',
  'AdmissionEnforced',
] as const;

type Verdict = Pick<Condition, 'status' | 'reason' | 'message'>;
type Verdicts = Partial<Record<(typeof OWNED)[number], Verdict>>;

/**
 * The status of a baseline from its tally (kstatus; table in docs/status.md). Ready says whether the operator did what
 * this generation asks; drift and violations live in Compliant, so that posture never fails a GitOps sync. `now` is
 * RFC 3339. Equal input gives an equal status: the caller writes only what differs. `audit` and
 * `admission`: of these sections, if any; `cluster`: what was found about the whole cluster, if it asks; `rollout`: how far an
 * edit or a take-over is, while namespaces wait for it.
 */
export function statusOf(
  baseline: Baseline,
  before: SecurityBaselineStatus | undefined,
  tally: Tally,
  now: string,
  audit?: AuditVerdicts,
  admission?: AdmissionVerdict,
  cluster?: readonly Finding[],
  rollout?: RolloutProgress,
): SecurityBaselineStatus {
  const { generation } = baseline;
  const verdicts: Verdicts = {
    ...verdictsOf(baseline, tally, audit?.published, admission, cluster ?? [], rollout),
    ...effectiveOf(audit, before),
    ...(admission === undefined ? {} : { AdmissionEnforced: plain(admission) }),
  };
  const conditions = OWNED.flatMap((type): readonly NewCondition[] => {
    const verdict = verdicts[type];
    if (verdict === undefined) return [];
    return [{ type, observedGeneration: generation, ...verdict, message: cutAt(verdict.message, MAX_MESSAGE) }];
  });
  const settled = verdicts.Ready?.status === 'True' || verdicts.Stalled !== undefined;
  const { compliant, drifted, failed, unknown, waived, pending, retained } = tally.counts;
  const governed = governedCount(tally);
  return {
    observedGeneration: settled ? generation : (before?.observedGeneration ?? -1),
    conditions: mergeConditions(before?.conditions ?? [], conditions, OWNED, now),
    namespaces: { governed, compliant, drifted, failed, unknown, waived, pending, retained },
    ...(rollout === undefined ? {} : { rollout: rolloutRow(rollout) }),
    sections: sectionsOf(baseline, tally),
    summary: `${compliant}/${governed}`,
    worst: worstOf(tally, before?.worst ?? []),
    ...(cluster === undefined ? {} : { clusterFindings: clusterRows(cluster) }),
  };
}

/** Of each section that it declares: what it asks for, and where. */
const sectionsOf = ({ spec }: Baseline, { sections }: Tally): NonNullable<SecurityBaselineStatus['sections']> =>
  SECTIONS.filter((section) => spec[section] !== undefined).map((section) => ({
    section,
    enforcement: enforcementOf(spec, section),
    governed: sections?.get(`${section} governed`) ?? 0,
    shadowed: sections?.get(`${section} shadowed`) ?? 0,
  }));

function verdictsOf(
  baseline: Baseline,
  tally: Tally,
  audit: AuditVerdict | undefined,
  admission: AdmissionVerdict | undefined,
  cluster: readonly Finding[],
  rollout: RolloutProgress | undefined,
): Verdicts {
  const governed = governedCount(tally);
  const progress =
    stoppedOf(rollout) ??
    failedIn(tally, governed) ??
    rollingOut(rollout) ??
    pendingIn(tally, governed) ??
    behindIn(tally, baseline) ??
    unwritten(audit) ??
    unwrittenAdmission(admission);
  const ready: Verdict = progress ?? {
    status: 'True',
    reason: baseline.spec.suspend === true ? 'Suspended' : 'Succeeded',
    message: `${evaluated(baseline, tally, governed)}${remarks(baseline)}`,
  };
  const stalled = stalledOf(tally, governed) ?? refusedAudit(audit) ?? refusedAdmission(admission);
  const abnormal: Verdicts =
    stalled !== undefined
      ? { Stalled: { status: 'True', ...stalled }, Ready: { status: 'False', ...stalled } }
      : progress === undefined
        ? {}
        : {
            Reconciling: {
              status: 'True',
              reason: progress.status === 'False' ? 'ProgressingWithRetry' : progress.reason,
              message: progress.message,
            },
          };
  const published: Verdicts = audit === undefined ? {} : { AuditPolicyPublished: plain(audit) };
  return { Ready: ready, ...abnormal, Compliant: compliantWith(compliantOf(tally, governed), cluster), ...published };
}

/** A process that has not asked yet says what was known before it, which is written nowhere else. */
function effectiveOf(audit: AuditVerdicts | undefined, before: SecurityBaselineStatus | undefined): Verdicts {
  if (audit === undefined) return {};
  const last = before?.conditions?.find(({ type }) => type === 'AuditEffective');
  const { status, reason, message } = audit.effective ?? last ?? PROBING;
  return { AuditEffective: { status, reason, message } };
}

const PROBING: Verdict = { status: 'Unknown', reason: 'Probing', message: 'the API servers have not been asked yet' };

const plain = ({ status, reason, message }: Verdict): Verdict => ({ status, reason, message });

/** The audit section is right, and its policy could not be written yet. */
const unwritten = (audit: AuditVerdict | undefined): Verdict | undefined =>
  audit?.reason === 'NotWritten' ? plain(audit) : undefined;

const refusedAudit = (audit: AuditVerdict | undefined): Pick<Verdict, 'reason' | 'message'> | undefined =>
  audit?.stalls === true ? { reason: audit.reason, message: audit.message } : undefined;

const unwrittenAdmission = (admission: AdmissionVerdict | undefined): Verdict | undefined =>
  admission !== undefined && isOnTheWay(admission) ? plain(admission) : undefined;

const refusedAdmission = (admission: AdmissionVerdict | undefined): Pick<Verdict, 'reason' | 'message'> | undefined =>
  admission !== undefined && stallsBaseline(admission)
    ? { reason: admission.reason, message: admission.message }
    : undefined;

/** Of a baseline that is about namespaces and governs none, a misspelt label is the usual cause: nothing else would tell. */
function evaluated({ spec }: Baseline, { counts }: Tally, governed: number): string {
  const isForNone = governed + counts.retained === 0 && SECTIONS.some((section) => spec[section] !== undefined);
  if (isForNone)
    return 'governs no namespace: namespaceSelector selects none, or other baselines govern those that it selects';
  return `${countOf(governed)} evaluated`;
}

const countOf = (namespaces: number): string => (namespaces === 1 ? '1 namespace' : `${namespaces} namespaces`);

/** What a reader of a healthy status should still know. */
function remarks({ spec }: Baseline): string {
  const suspended = spec.suspend === true ? '; suspended, so nothing is written' : '';
  // THREATS 14: whoever may change the labels can then have the objects pruned.
  const delegated = prunes(spec) && selectorKeys(spec).length > 0;
  return `${suspended}${delegated ? '; deletionPolicy Delete with a label selector: whoever changes the labels has the objects pruned' : ''}`;
}

/** Undefined when no write was refused. */
function failedIn(tally: Tally, governed: number): Verdict | undefined {
  const failed = failedOf(tally).length;
  if (failed === 0) return undefined;
  const [namespace, contribution] = firstFailed(tally);
  const reason = contribution?.reason ?? 'Failed';
  return {
    status: 'False',
    reason,
    message: `${failed} of ${governed + tally.counts.retained} namespaces failed; ${namespace}: ${contribution?.message ?? ''}`,
  };
}

/** Undefined when every namespace has been brought to this generation. */
const pendingIn = ({ counts: { pending } }: Tally, governed: number): Verdict | undefined =>
  pending === 0
    ? undefined
    : { status: 'Unknown', reason: 'Progressing', message: `${pending} of ${governed} namespaces to go` };

/** Undefined when no namespace is held at an older version of it, until its turn to go to another baseline comes. */
function behindIn({ versions = new Map<string, number>() }: Tally, baseline: Baseline): Verdict | undefined {
  const all = [...versions.values()].reduce((sum, count) => sum + count, 0);
  const behind = all - (versions.get(versionOf(baseline)) ?? 0);
  if (behind === 0) return undefined;
  return {
    status: 'Unknown',
    reason: 'RollingOut',
    message: `${behind} of ${all} namespaces are held at an older version: they wait for the roll-out of a baseline that takes them over`,
  };
}

/** Stalled needs its cause in the baseline or in our rights (THREATS 18): one namespace's refusal is its own. */
function stalledOf(tally: Tally, governed: number): Pick<Verdict, 'reason' | 'message'> | undefined {
  const missing = tally.failures.get('MissingRight') ?? 0;
  const invalid = tally.failures.get('Invalid') ?? 0;
  if (missing > 0) return { reason: 'MissingRight', message: messageOf(tally, 'MissingRight') };
  const everywhere = invalid > 0 && invalid === governed + tally.counts.retained;
  return everywhere ? { reason: 'Invalid', message: messageOf(tally, 'Invalid') } : undefined;
}

function compliantOf(tally: Tally, governed: number): Verdict {
  const { pending, retained } = tally.counts;
  const wrong = badIn(tally, 'drifted') + badIn(tally, 'failed');
  const unknown = badIn(tally, 'unknown');
  const looked = governed + retained;
  if (wrong > 0) {
    return {
      status: 'False',
      reason: 'FindingsPresent',
      message: `${wrong} of ${looked} namespaces have findings; see status.worst`,
    };
  }
  if (pending > 0)
    return { status: 'Unknown', reason: 'Progressing', message: `${pending} of ${governed} namespaces to go` };
  if (unknown > 0) return { status: 'Unknown', ...unknownReason(tally, unknown, looked) };
  const { waived } = tally.counts;
  const exempt = waived === 0 ? '' : `, but for what is waived in ${waived} namespaces`;
  return { status: 'True', reason: 'NoFindings', message: `no drift and no violations${exempt}` };
}

/** What is wrong with the cluster counts like what is wrong in a namespace. */
function compliantWith(namespaces: Verdict, cluster: readonly Finding[]): Verdict {
  const failed = cluster.filter(({ result }) => result === 'fail').length;
  const unknown = cluster.filter(({ result }) => result === 'unknown').map(({ reason }) => reason);
  if (failed > 0) {
    const own = `${failed === 1 ? '1 finding' : `${failed} findings`} about the cluster; see status.clusterFindings`;
    const message = namespaces.status === 'False' ? `${namespaces.message}; ${own}` : own;
    return { status: 'False', reason: 'FindingsPresent', message };
  }
  if (namespaces.status !== 'True' || unknown.length === 0) return namespaces;
  return {
    status: 'Unknown',
    reason: unknown.sort()[0] ?? 'Unknown',
    message: `${unknown.length} checks of the cluster could not be judged; see status.clusterFindings`,
  };
}

/** How many namespaces are in a state, with those that are counted as retained: what is wrong there is as wrong. */
const badIn = (tally: Tally, state: Contribution['state']): number =>
  [...tally.bad.values()].filter((contribution) => contribution.state === state).length;

/** Unknown is Unknown, with the reason of the first finding that could not be judged. */
function unknownReason(tally: Tally, unknown: number, looked: number): Pick<Verdict, 'reason' | 'message'> {
  const reasons = [...tally.bad.values()].flatMap(({ findings }) =>
    findings.filter(({ result }) => result === 'unknown'),
  );
  const reason = reasons.map((finding) => finding.reason).sort()[0] ?? 'Unknown';
  return { reason, message: `${unknown} of ${looked} namespaces could not be judged; see status.worst` };
}

const failedOf = (tally: Tally): readonly (readonly [string, Failure])[] =>
  [...tally.bad]
    .flatMap(([namespace, { failure }]) => (failure === undefined ? [] : [[namespace, failure] as const]))
    .sort(([a], [b]) => (a < b ? -1 : 1));

const firstFailed = (tally: Tally): readonly [string, Failure | undefined] => failedOf(tally)[0] ?? ['', undefined];

const messageOf = (tally: Tally, reason: Failure['reason']): string => {
  const first = failedOf(tally).find(([, failure]) => failure.reason === reason);
  return first === undefined ? reason : `${first[0]}: ${first[1].message}`;
};

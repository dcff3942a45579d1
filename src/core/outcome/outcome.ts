import type { Section } from '../../api/types.ts';
import { REMOVALS_PER_MINUTE } from '../gates/memory.ts';
import { mutatedFields, mutationFinding } from '../gates/mutation.ts';
import type { WithheldChange } from '../gates/permitted.ts';
import type { Claim, Governance } from '../govern/governance.ts';
import type { Finding } from '../model/finding.ts';
import { compareFindings, escapeForeign, objectName } from '../model/finding.ts';
import { PODS_OUTLIVE } from '../model/lingering.ts';
import type { AttributedFinding, Change } from '../plan/change.ts';
import type { ChangeResult, Drift } from '../plan/changeResult.ts';
import { findingOfChange } from '../plan/driftFinding.ts';
import type { Refusal } from '../plan/refusal.ts';
import type { Waived } from '../waive/waived.ts';
import { NOTHING_WAIVED, waive } from '../waive/waived.ts';

/** `waived`: nothing is wrong but for what waivers exempt. */
export type NamespaceState = 'compliant' | 'drifted' | 'failed' | 'unknown' | 'waived';

/** One namespace as one baseline sees it. */
export interface BaselineOutcome {
  readonly baseline: string;
  readonly uid: string;
  readonly generation: number;
  /** The oldest version of it that a section here is held at, while it waits for its turn; absent: `generation`. */
  readonly oldest?: number;
  readonly state: NamespaceState;
  readonly retained: boolean;
  /** The sections that it governs here, or would; absent: nobody asked. */
  readonly sections?: readonly SectionRole[];
  /** Worst first. */
  readonly findings: readonly Finding[];
  /** Set when a write failed. */
  readonly failure: Failure | undefined;
}

export interface Failure {
  readonly reason: Refusal['reason'];
  readonly message: string;
  readonly retry: Refusal['retry'];
}

/** What a baseline is to one section of a namespace. */
export type SectionRole = `${Section} ${'governed' | 'shadowed'}`;

/** Everything that one look at one namespace found and did. Status, reports, metrics, Events and logs come from it. */
export interface Outcome {
  readonly namespace: string;
  readonly governance: Governance;
  readonly baselines: readonly BaselineOutcome[];
  readonly results: readonly ChangeResult[];
  readonly drifts: readonly Drift[];
  /** Objects that stood under our prefix and were taken over. */
  readonly takenOver: readonly Change[];
  readonly contested: number;
  readonly durationMs: number;
  /** What waivers exempted; absent: nothing. */
  readonly waived?: Waived;
}

export interface OutcomeInput {
  readonly governance: Governance;
  readonly findings: readonly AttributedFinding[];
  readonly withheld: readonly WithheldChange[];
  readonly results: readonly ChangeResult[];
  /** Drift among the plan's changes; the caller knows what was converged before. */
  readonly drifts: readonly Drift[];
  readonly contested: number;
  readonly durationMs: number;
  /** What waivers exempt; absent: nothing. */
  readonly waived?: Waived;
  /** A namespace that goes counts for nobody any more. */
  readonly terminating: boolean;
}

/** Joins what was found, withheld and done into one outcome. */
export function outcomeOf(input: OutcomeInput): Outcome {
  const { governance, results, drifts, contested, durationMs } = input;
  return {
    namespace: governance.namespace,
    governance,
    baselines: input.terminating
      ? outlived(input)
      : claimants(governance).map((claims) => baselineOutcome(claims, governance, input)),
    results,
    drifts,
    takenOver: results.flatMap(({ change, result }) =>
      result === 'written' && change.action === 'update' && change.takeOver ? [change] : [],
    ),
    contested,
    durationMs,
    ...(input.waived === undefined || input.waived.applied.length === 0 ? {} : { waived: input.waived }),
  };
}

/** A namespace that goes counts for nobody, until its pods have outlived it for too long: then they are all that is told. */
function outlived(input: OutcomeInput): readonly BaselineOutcome[] {
  const findings = input.findings.filter(({ reason, shadow }) => reason === PODS_OUTLIVE && !shadow);
  return claimants(input.governance)
    .filter(([claim]) => findings.some(({ baseline }) => baseline === claim?.baseline.name))
    .map((claims) => baselineOutcome(claims, input.governance, { ...input, findings, withheld: [], results: [] }));
}

/** The claims of each baseline that governs or shadows a section here, in stable order. */
function claimants(governance: Governance): readonly (readonly Claim[])[] {
  const byName = new Map<string, Claim[]>();
  for (const { governor, shadows } of governance.sections) {
    for (const claim of governor === undefined ? shadows : [governor, ...shadows]) {
      byName.set(claim.baseline.name, [...(byName.get(claim.baseline.name) ?? []), claim]);
    }
  }
  return [...byName.values()];
}

function baselineOutcome(claims: readonly Claim[], governance: Governance, input: OutcomeInput): BaselineOutcome {
  const [first] = claims as readonly [Claim, ...Claim[]];
  const { name, uid, generation } = first.baseline;
  const failed = input.results.filter((r) => r.result === 'failed' && r.change.baseline === name);
  const found = [
    ...input.findings.filter((finding) => finding.baseline === name),
    ...input.withheld.filter(({ change }) => change.baseline === name).map(withheldFinding),
  ];
  const findings = [
    ...found.map((finding) => waive(finding, input.waived ?? NOTHING_WAIVED)),
    // What was refused is told as it is: a waiver does not make a removal succeed.
    ...failed.flatMap(failureFinding),
    ...input.results.filter(({ change }) => change.baseline === name).flatMap(mutatedFinding),
  ].sort(compareFindings);
  const failure = failed.flatMap((r) => (r.result === 'failed' ? [r.refusal] : [])).sort(stalledFirst)[0];
  return {
    baseline: name,
    uid,
    generation,
    oldest: Math.min(...claims.map((claim) => claim.baseline.generation)),
    state: stateOf(findings, failure),
    retained: claims.some((claim) => claim.retained),
    sections: claims.map((claim) => roleOf(claim, governance)),
    findings,
    failure,
  };
}

const roleOf = (claim: Claim, { sections }: Governance): SectionRole =>
  sections.some(({ governor }) => governor === claim) ? `${claim.section} governed` : `${claim.section} shadowed`;

const withheldFinding = ({ change, reason }: WithheldChange): Finding => {
  const finding = findingOfChange(change);
  if (reason === 'ChangedByAdmission') return mutationFinding(change, fieldsOf(change));
  return reason === 'RemovalsBounded'
    ? { ...finding, reason: 'Contested', message: `${finding.message}; ${BOUNDED}` }
    : finding;
};

const fieldsOf = (change: Change): readonly string[] => {
  if (change.action === 'update') return change.fields;
  return change.action === 'recreate' ? ['/roleRef'] : [];
};

const BOUNDED = `${REMOVALS_PER_MINUTE} were removed within a minute, so this one waits; only refusing them at admission ends such a race`;

const mutatedFinding = (written: ChangeResult): readonly Finding[] => {
  const fields = mutatedFields(written);
  return fields.length === 0 ? [] : [mutationFinding(written.change, fields)];
};

const failureFinding = (failed: ChangeResult): readonly Finding[] =>
  failed.result !== 'failed'
    ? []
    : [
        {
          ...findingOfChange(failed.change),
          reason: failed.refusal.reason,
          message: `${objectName(failed.change.ref)}: ${quoteForeignSentence(failed.refusal.message)}`,
        },
      ];

/** An API server's sentence may quote others; it is cut and escaped, but may be longer than a name, and its quotes are its own. */
const quoteForeignSentence = (text: string): string => escapeForeign(text.slice(0, 480)).replaceAll('\\"', '"');

const stateOf = (findings: readonly Finding[], failure: Failure | undefined): NamespaceState => {
  if (failure !== undefined) return 'failed';
  if (findings.some((finding) => finding.result === 'fail')) return 'drifted';
  if (findings.some((finding) => finding.result === 'unknown')) return 'unknown';
  return findings.some((finding) => finding.result === 'waived') ? 'waived' : 'compliant';
};

const stalledFirst = (a: Failure, b: Failure): number => Number(b.retry === 'stalled') - Number(a.retry === 'stalled');

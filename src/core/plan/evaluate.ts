import type { PodSecurityLevels, Section, SectionSpecs } from '../../api/types.ts';
import { apiVersionOf } from '../../k8s/kind.ts';
import type { ObjectRef } from '../../k8s/ref.ts';
import { keyOf } from '../../k8s/ref.ts';
import type { Built, Control, Inspection, Wanted } from '../control/control.ts';
import type { View } from '../control/view.ts';
import { names } from '../govern/baseline.ts';
import type { Claim, Governance, SectionGovernance } from '../govern/governance.ts';
import { noticeFinding } from '../govern/noticeFinding.ts';
import { active } from '../govern/rank.ts';
import { kindRow } from '../kinds/kinds.ts';
import type { Finding } from '../model/finding.ts';
import type { Waived } from '../waive/waived.ts';
import { NOTHING_WAIVED } from '../waive/waived.ts';
import type { AttributedFinding, Desired, Plan } from './change.ts';
import { ownLabels } from './diff.ts';
import { findingOfChange } from './driftFinding.ts';
import type { PlanInput, PlannedObject } from './plan.ts';
import { planSection } from './plan.ts';

export interface Evaluation {
  readonly plan: Plan;
  readonly findings: readonly AttributedFinding[];
  /** What the namespace has reached once the plan is carried out (Built.levels). */
  readonly levels?: PodSecurityLevels;
  /** What the plan rests on in the namespace itself; see `Control.basis`. */
  readonly basis: string;
}

/**
 * What must change in a namespace, and what is wrong there (DESIGN §3). Pure: the same view gives the same answer in the
 * operator, in tests and on the command line. `waived`: what waivers exempt here now.
 */
export function evaluate(
  controls: readonly Control[],
  governance: Governance,
  view: View,
  waived: Waived = NOTHING_WAIVED,
): Evaluation {
  const parts = governance.sections.map((section) => evaluateSection(controls, section, view, waived));
  const levels = parts.find((part) => part.levels !== undefined)?.levels;
  return {
    plan: { namespace: view.namespace, changes: parts.flatMap((part) => part.plan.changes) },
    findings: parts.flatMap((part) => part.findings),
    ...(levels === undefined ? {} : { levels }),
    basis: parts.map(({ basis }) => basis).join(''),
  };
}

function evaluateSection(
  controls: readonly Control[],
  governance: SectionGovernance,
  view: View,
  waived: Waived,
): Evaluation {
  const { section, governor, shadows, released } = governance;
  const own = controls.filter((control) => control.section === section);
  const release = released === undefined ? [] : planSection(releaseInput(own, section, released, view), view);
  const governed = governor === undefined ? NOTHING : evaluateClaim(own, governor, view, active(governor), waived);
  const notices =
    governor === undefined
      ? []
      : governance.notices.map((notice) => attribute(noticeFinding(notice, view.namespace), governor, false));
  return {
    plan: { namespace: view.namespace, changes: [...governed.plan.changes, ...release] },
    findings: [
      ...notices,
      ...governed.findings,
      ...shadows.flatMap((shadow) => shadowFindings(own, shadow, view, governed.planned)),
    ],
    ...(governed.levels === undefined ? {} : { levels: governed.levels }),
    basis: governed.basis,
  };
}

const NOTHING: ClaimEvaluation = { plan: { namespace: '', changes: [] }, findings: [], basis: '', planned: new Set() };

interface ClaimEvaluation extends Evaluation {
  /** Keys of the objects that the claim's plan names. */
  readonly planned: ReadonlySet<string>;
}

/** `liveOf` is how objects of others are looked for. */
function evaluateClaim(
  controls: readonly Control[],
  claim: Claim,
  seen: View,
  acts: boolean,
  waived: Waived,
  liveOf = seen.liveOf,
): ClaimEvaluation {
  const view: View = { ...seen, claim: { acts, named: names(claim.baseline.spec, seen.namespace) } };
  const inspected: View = liveOf === seen.liveOf ? view : { ...view, liveOf };
  const built = controls.map((control) => ({ control, result: control.build(claim.spec as never, view) }));
  const inspections = controls.map((control) => control.inspect?.(claim.spec as never, inspected) ?? CLEAN);
  const input: PlanInput = {
    section: claim.section,
    baseline: claim.baseline.name,
    planned: built.flatMap(({ control, result }) =>
      result.wanted.map((wanted): PlannedObject => {
        const desired = desiredOf(wanted, claim.baseline.name, control.id);
        return { ref: refOf(wanted, view), control: control.id, stage: control.stage, desired };
      }),
    ),
    waived: exemptOf(built, claim, view, waived),
    kept: built.flatMap(({ result }) => (result.kept ?? []).map((ref) => ({ ...ref, namespace: view.namespace }))),
    remove: inspections.flatMap(({ remove }) => (remove ?? []).map((ref) => ({ ...ref, namespace: view.namespace }))),
    kinds: kindsOf(controls),
    pruneReason: 'NotDeclared',
  };
  const findings: readonly Finding[] = [
    ...built.flatMap(({ result }) => result.findings ?? []),
    ...inspections.flatMap((inspection) => inspection.findings),
  ];
  const levels = built.find(({ result }) => result.levels !== undefined)?.result.levels;
  return {
    plan: { namespace: view.namespace, changes: planSection(input, view) },
    findings: findings.map((finding) => attribute(finding, claim, false)),
    basis: controls.map((control) => control.basis?.(claim.spec as never, view) ?? '').join(''),
    planned: new Set(input.planned.map(({ ref }) => keyOf(ref))),
    ...(levels === undefined ? {} : { levels }),
  };
}

/**
 * What waived controls may have written: it is removed, by who enforces alone (THREATS 16). The plan goes on to say what
 * is not as the control wants it; the gate keeps that from being written, and it is told as waived.
 */
function exemptOf(
  built: readonly { readonly control: Control; readonly result: Built }[],
  claim: Claim,
  view: View,
  waived: Waived,
): ReadonlyMap<string, string> {
  if (waived.controls.size === 0 || !active(claim)) return NO_EXEMPTIONS;
  return new Map(
    built
      .filter(({ control }) => waived.controls.has(control.id))
      .flatMap(({ control, result }) =>
        [...result.wanted.filter(({ partial }) => partial !== true), ...(result.kept ?? [])].map(({ kind, name }) => [
          keyOf({ kind, namespace: view.namespace, name }),
          control.id,
        ]),
      ),
  );
}

const NO_EXEMPTIONS: ReadonlyMap<string, string> = new Map();

const refOf = ({ kind, name }: Wanted, view: View): ObjectRef => ({
  kind,
  namespace: kindRow(kind).namespaced ? view.namespace : '',
  name,
});

function desiredOf({ kind, body, partial, labels = {} }: Wanted, baseline: string, control: string): Desired {
  const apiVersion = apiVersionOf(kindRow(kind));
  return partial === true
    ? { apiVersion, labels, body, partial }
    : { apiVersion, labels: ownLabels(baseline, control), body };
}

const CLEAN: Inspection = { findings: [] };

/**
 * Trying must not disarm: a shadow's plan is reported and never carried out (THREATS 15). The governor's objects are not
 * foreign to it: they would give way to its own.
 */
function shadowFindings(
  controls: readonly Control[],
  shadow: Claim,
  view: View,
  governed: ReadonlySet<string>,
): readonly AttributedFinding[] {
  const others: View['liveOf'] = (kind) => [...view.liveOf(kind)].filter((live) => !governed.has(keyOf(live)));
  const { plan, findings } = evaluateClaim(controls, shadow, view, false, NOTHING_WAIVED, others);
  const drift = plan.changes
    // The governor's objects differ from the shadow's in the baseline's name, which says nothing about their content.
    .filter((change) => change.action !== 'update' || change.urgent)
    .map((change) => attribute(findingOfChange(change), shadow, true));
  return [...drift, ...findings.map((finding) => ({ ...finding, shadow: true }))];
}

const releaseInput = (controls: readonly Control[], section: Section, baseline: string, view: View): PlanInput => ({
  section,
  baseline,
  planned: controls.flatMap(({ id, stage, release }) =>
    (release?.(view) ?? []).map((wanted) => {
      return { ref: refOf(wanted, view), control: id, stage, desired: desiredOf(wanted, baseline, id) };
    }),
  ),
  kept: [],
  remove: [],
  kinds: kindsOf(controls),
  pruneReason: 'Released',
});

const kindsOf = (controls: readonly Control<keyof SectionSpecs>[]): readonly string[] => [
  ...new Set(controls.flatMap((control) => control.writes)),
];

const attribute = (finding: Finding, claim: Claim, shadow: boolean): AttributedFinding => ({
  ...finding,
  baseline: claim.baseline.name,
  shadow,
});

import type { PodSecuritySpec } from '../../api/types.ts';
import { defineControl } from '../../core/control/control.ts';
import type { View } from '../../core/control/view.ts';
import { WORKLOAD_KINDS } from '../../core/kinds/kinds.ts';
import type { Finding } from '../../core/model/finding.ts';
import { objectName, quoteForeign } from '../../core/model/finding.ts';
import { podCheck } from '../../core/podSecurity/checks.ts';
import type { Grade } from '../../core/podSecurity/grade.ts';
import { covers, declaredGrade, describeGrade, gradeIn, strictest } from '../../core/podSecurity/grade.ts';
import type { Violation } from '../../core/podSecurity/violations.ts';
import type { Breaking } from './breaking.ts';
import { breakingIn } from './breaking.ts';
import { decisionFor } from './labels.ts';

const ID = 'pod-security.workloads';

/** A team fixes one after the other; a list of hundreds helps nobody. `RaiseHeld` counts them all. */
const MAX_WORKLOADS = 20;
const MAX_VIOLATIONS = 4;

/** What the labels alone do not show: they judge pods as they come, and never what runs already. */
export const workloads = defineControl({
  id: ID,
  section: 'podSecurity',
  stage: 'guard',
  summary: 'Names each workload that breaks the declared level, with the container, the field, its value and the fix.',
  reads: WORKLOAD_KINDS,
  writes: [],
  facts: ['serverMinor'],
  build: () => ({ wanted: [] }),
  inspect: (spec, view) => {
    const judged = judgedBy(spec, view);
    if (judged === undefined) return { findings: [] };
    const found = breakingIn(view, judged.grade).slice(0, MAX_WORKLOADS);
    return { findings: found.flatMap((breaking) => findingsOf(breaking, judged, spec, view)) };
  },
});

interface Judged {
  readonly grade: Required<Grade>;
  readonly result: 'fail' | 'warn';
}

/** By what is, or is to be, enforced; what is not only warns. */
function judgedBy(spec: PodSecuritySpec, view: View): Judged | undefined {
  const enforced = decisionFor('enforce', spec, view).held ?? declaredGrade(spec, 'enforce');
  if (enforced !== undefined) return { grade: enforced, result: 'fail' };
  const [audit, warn] = [declaredGrade(spec, 'audit'), declaredGrade(spec, 'warn')];
  const grade = audit !== undefined && warn !== undefined ? strictest(audit, warn) : (audit ?? warn);
  return grade === undefined ? undefined : { grade, result: 'warn' };
}

function findingsOf(
  { ref, violations, ofPods }: Breaking,
  { grade, result }: Judged,
  spec: PodSecuritySpec,
  view: View,
): readonly Finding[] {
  const base = {
    control: ID,
    check: 'SB-PSA-004',
    severity: result === 'fail' ? 'medium' : 'low',
    result,
    ref,
  } as const;
  const name = objectName(ref);
  const broken = `breaks ${describeGrade(grade)}`;
  const effect = effectOf(grade, spec, view);
  const ofTemplate: Finding = {
    ...base,
    reason: 'BreaksPodSecurity',
    message: `${name} ${broken}: ${describeAll(violations)}${effect}`,
  };
  // Whoever approved the workload saw its template, and not what somebody says is a pod of it.
  const byPods: Finding = {
    ...base,
    reason: 'PodsBreakPodSecurity',
    message: `${name} ${broken} by its pods, not by its template: ${describeAll(ofPods)}${effect}`,
    beyondObject: true,
  };
  return [...(violations.length === 0 ? [] : [ofTemplate]), ...(ofPods.length === 0 ? [] : [byPods])];
}

function describeAll(violations: readonly Violation[]): string {
  const shown = violations.slice(0, MAX_VIOLATIONS).map(describeViolation).join('; ');
  const unkept = violations.reduce((sum, { more = 0 }) => sum + more, 0);
  const left = Math.max(0, violations.length - MAX_VIOLATIONS) + unkept;
  return left > 0 ? `${shown}; and ${left} more` : shown;
}

function describeViolation({ check, container, field, value }: Violation): string {
  const where = container === '' ? '' : `container ${quoteForeign(container)}: `;
  const what = value === '' ? 'is not set' : `is ${quoteForeign(value)}`;
  const { reason, fix } = podCheck(check) ?? { reason: check, fix: '' };
  return `${where}${quoteForeign(field)} ${what} (${reason}): ${fix}`;
}

function effectOf(grade: Grade, spec: PodSecuritySpec, view: View): string {
  if (spec.enforce === undefined) return '';
  const live = gradeIn(view.labels, 'enforce');
  return live !== undefined && covers(live, grade)
    ? '. Pods that run stay, and new ones of it are refused'
    : '. It would be refused when it is made anew';
}

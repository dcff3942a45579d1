import type { PodSecuritySpec } from '../../api/types.ts';
import { defineControl } from '../../core/control/control.ts';
import type { View } from '../../core/control/view.ts';
import { WORKLOAD_KINDS } from '../../core/kinds/kinds.ts';
import type { Finding } from '../../core/model/finding.ts';
import { quoteForeign } from '../../core/model/finding.ts';
import { podCheck } from '../../core/podSecurity/checks.ts';
import type { Grade } from '../../core/podSecurity/grade.ts';
import { covers, declaredGrade, describeGrade, gradeIn, strictest } from '../../core/podSecurity/grade.ts';
import type { Violation } from '../../core/podSecurity/violations.ts';
import { describeRef } from '../../k8s/ref.ts';
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
    return { findings: found.map((breaking) => findingOf(breaking, judged, spec, view)) };
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

function findingOf(
  { ref, violations, byPods }: Breaking,
  { grade, result }: Judged,
  spec: PodSecuritySpec,
  view: View,
): Finding {
  const shown = violations.slice(0, MAX_VIOLATIONS).map(describeViolation).join('; ');
  const more = violations.length > MAX_VIOLATIONS ? `; and ${violations.length - MAX_VIOLATIONS} more` : '';
  const whose = byPods ? ', by its pods, not its template' : '';
  return {
    control: ID,
    check: 'SB-PSA-004',
    severity: result === 'fail' ? 'medium' : 'low',
    result,
    ref,
    reason: 'BreaksPodSecurity',
    message: `${describeRef({ ...ref, name: quoteForeign(ref.name) })} breaks ${describeGrade(grade)}${whose}: ${shown}${more}${effectOf(grade, spec, view)}`,
  };
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

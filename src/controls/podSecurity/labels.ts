import type { PodSecurityLevels, PodSecuritySpec } from '../../api/types.ts';
import type { Built, Wanted } from '../../core/control/control.ts';
import { defineControl } from '../../core/control/control.ts';
import type { View } from '../../core/control/view.ts';
import { WORKLOAD_KINDS } from '../../core/kinds/kinds.ts';
import type { Finding } from '../../core/model/finding.ts';
import type { Decision } from '../../core/podSecurity/decide.ts';
import { decide } from '../../core/podSecurity/decide.ts';
import type { Grade, Mode } from '../../core/podSecurity/grade.ts';
import {
  declaredGrade,
  describeGrade,
  gradeIn,
  isSame,
  labelsOfGrade,
  MODES,
  podSecurityLabels,
} from '../../core/podSecurity/grade.ts';
import type { Labels } from '../../k8s/object.ts';
import { breakingIn } from './breaking.ts';

const ID = 'pod-security.labels';

/** The levels are labels of the Namespace, and nothing else of it is ours. */
export const labels = defineControl({
  id: ID,
  section: 'podSecurity',
  stage: 'guard',
  summary:
    'Keeps the Pod Security labels of the Namespace at least as strict as declared; enforce is first raised when no workload breaks by it.',
  reads: WORKLOAD_KINDS,
  writes: [],
  applies: ['Namespace'],
  facts: ['serverMinor'],
  build: (spec, view) => built(spec, view),
  release: (view) => {
    const back = MODES.flatMap((mode) => {
      const reached = view.levels?.[mode];
      const isOurs = reached !== undefined && isSame(gradeIn(view.labels, mode), reached);
      return isOurs && reached.before !== undefined ? [labelsOfGrade(mode, reached.before)] : [];
    });
    return wantedWith(view, back);
  },
});

function built(spec: PodSecuritySpec, view: View): Built {
  // Nothing is begun in a namespace that goes (THREATS 17).
  if (view.terminating && view.levels === undefined) return { wanted: [] };
  const decisions = MODES.map((mode) => [mode, decisionFor(mode, spec, view)] as const);
  const levels: PodSecurityLevels = Object.fromEntries(
    decisions.flatMap(([mode, { reached }]) => (reached === undefined ? [] : [[mode, reached]])),
  );
  return {
    wanted: wantedWith(
      view,
      decisions.flatMap(([mode, { wanted }]) => (wanted === undefined ? [] : [labelsOfGrade(mode, wanted)])),
    ),
    findings: decisions.flatMap(([mode, decision]) => findingsOf(mode, decision, spec, view)),
    levels,
  };
}

export const decisionFor = (mode: Mode, spec: PodSecuritySpec, view: View): Decision =>
  decide({
    declared: declaredGrade(spec, mode),
    live: gradeIn(view.labels, mode),
    reached: view.levels?.[mode],
    // Only what is enforced keeps pods out.
    mustWait: (grade) => mode === 'enforce' && spec.onViolation !== 'Raise' && breakingIn(view, grade).length > 0,
  });

/** With all such labels that are there: by server-side apply, those of ours that are not named would go. */
const wantedWith = (view: View, parts: readonly Labels[]): readonly Wanted[] =>
  parts.length === 0
    ? []
    : [
        {
          kind: 'Namespace',
          name: view.namespace,
          body: {},
          partial: true,
          labels: Object.assign({}, podSecurityLabels(view.labels), ...parts) as Labels,
        },
      ];

function findingsOf(mode: Mode, decision: Decision, spec: PodSecuritySpec, view: View): readonly Finding[] {
  const base = { control: ID, ref: { kind: 'Namespace', namespace: '', name: view.namespace } } as const;
  const check = mode === 'enforce' ? 'SB-PSA-001' : 'SB-PSA-002';
  const { held, stricter } = decision;
  if (held !== undefined) {
    const count = breakingIn(view, held).length;
    return [
      {
        ...base,
        check,
        severity: 'high',
        result: 'fail',
        reason: 'RaiseHeld',
        message: `${mode} stays at ${describeLive(gradeIn(view.labels, mode))} because ${count === 1 ? '1 workload' : `${count} workloads`} would break at ${describeGrade(held)}; it is raised by itself when they are fixed, or at once with onViolation: Raise`,
      },
    ];
  }
  const declared = declaredGrade(spec, mode);
  if (stricter === undefined || declared === undefined) return [];
  return [
    {
      ...base,
      check,
      severity: 'low',
      result: 'warn',
      reason: 'StricterLevelKept',
      message: `${mode} is ${describeGrade(stricter)}, stricter than ${describeGrade(declared)}, and is left as it is`,
    },
  ];
}

const describeLive = (live: Grade | undefined): string =>
  live === undefined ? "the cluster's default" : describeGrade(live);

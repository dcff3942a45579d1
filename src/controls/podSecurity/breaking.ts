import type { View } from '../../core/control/view.ts';
import { WORKLOAD_KINDS } from '../../core/kinds/kinds.ts';
import type { WorkloadBody } from '../../core/model/bodies.ts';
import { compareText } from '../../core/model/finding.ts';
import type { Grade } from '../../core/podSecurity/grade.ts';
import { describeGrade, minorsOf } from '../../core/podSecurity/grade.ts';
import type { Violation } from '../../core/podSecurity/violations.ts';
import { violationsAt } from '../../core/podSecurity/violations.ts';
import type { Entry } from '../../k8s/entry.ts';
import type { ObjectRef } from '../../k8s/ref.ts';
import { keyOf } from '../../k8s/ref.ts';

/** A workload whose pods a grade forbids. */
export interface Breaking {
  readonly ref: ObjectRef;
  /** Of its template or, where that is right, of its pods, which admission or an older template has made otherwise. */
  readonly violations: readonly Violation[];
  readonly byPods: boolean;
}

type Workload = Entry<WorkloadBody>;

/**
 * The workloads of a namespace that a grade forbids, each once, by name: pods count for the workload that made them, a
 * ReplicaSet for its Deployment. What is asked twice of one view is looked for once.
 */
export function breakingIn(view: View, grade: Grade): readonly Breaking[] {
  const known = last.get(view);
  const key = describeGrade(grade);
  if (known?.key === key) return known.found;
  const found = look(view, grade);
  last.set(view, { key, found });
  return found;
}

/** A view is a value, so this is invisible (see perSpec). */
const last = new WeakMap<View, { readonly key: string; readonly found: readonly Breaking[] }>();

function look(view: View, grade: Grade): readonly Breaking[] {
  const { serverMinor } = view.facts;
  const minors = minorsOf(grade, serverMinor.known ? serverMinor.value : undefined);
  const found = new Map<string, Breaking>();
  // Pods come last: what their template says is the better advice.
  for (const kind of [...WORKLOAD_KINDS].reverse()) {
    for (const live of view.liveOf(kind) as Iterable<Workload>) {
      const violations = live.deleting ? [] : violationsAt(live.body.pods?.violations ?? [], grade.level, minors);
      if (violations.length === 0) continue;
      const { kind: ofKind, namespace, name } = topOf(view, live);
      const ref = { kind: ofKind, namespace, name };
      const byPods = kind === 'Pod' && ofKind !== 'Pod';
      if (!found.has(keyOf(ref))) found.set(keyOf(ref), { ref, violations, byPods });
    }
  }
  return [...found.values()].sort((a, b) => compareText(keyOf(a.ref), keyOf(b.ref)));
}

/** Deeper than CronJob, Job, pod it does not go; whoever writes owners into a circle ends there as well. */
const MAX_DEPTH = 3;

/** The workload that people write, as far as it is known. */
function topOf(view: View, live: Workload): Workload {
  let top = live;
  for (let depth = 0; depth < MAX_DEPTH && top.body.owner !== undefined; depth += 1) {
    const owner = view.live(top.body.owner.kind, top.body.owner.name) as Workload | undefined;
    if (owner === undefined) break;
    top = owner;
  }
  return top;
}

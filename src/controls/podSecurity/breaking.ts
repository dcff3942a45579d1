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
  /** Of its template; empty: that is right. */
  readonly violations: readonly Violation[];
  /**
   * What its pods have beside these, some of it if that is much: admission or an older template has made them otherwise, or somebody says of a pod
   * that the workload has made it, which anybody may say.
   */
  readonly ofPods: readonly Violation[];
}

/** Of the pods of one workload: more are not told apart (THREATS 6). */
const MAX_OF_PODS = 64;

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
  const found = new Map<string, Found>();
  /** Pods of one template share what they break, and are judged once. */
  const forbidden = new Map<readonly Violation[], readonly Violation[]>();
  // Pods come last: what their template says is the better advice.
  for (const kind of [...WORKLOAD_KINDS].reverse()) {
    for (const live of view.liveOf(kind) as Iterable<Workload>) {
      const all = live.deleting ? NONE : (live.body.pods?.violations ?? NONE);
      const violations = forbidden.get(all) ?? violationsAt(all, grade.level, minors);
      forbidden.set(all, violations);
      if (violations.length === 0) continue;
      const { kind: ofKind, namespace, name } = topOf(view, live);
      const ref = { kind: ofKind, namespace, name };
      const one = found.get(keyOf(ref)) ?? { ref, violations: NONE, ofPods: [], told: undefined, looked: new Set() };
      found.set(keyOf(ref), one);
      if (kind === ofKind) one.violations = violations;
      else addPod(one, violations);
    }
  }
  return [...found.values()]
    .map(({ ref, violations, ofPods }) => ({ ref, violations, ofPods }))
    .sort((a, b) => compareText(keyOf(a.ref), keyOf(b.ref)));
}

const NONE: readonly Violation[] = [];

/** What is found of one workload while it is looked for. */
interface Found {
  readonly ref: ObjectRef;
  violations: readonly Violation[];
  readonly ofPods: Violation[];
  told: Set<string> | undefined;
  readonly looked: Set<readonly Violation[]>;
}

/** Adds what a pod has that neither the template nor another pod was found to have. */
function addPod(one: Found, violations: readonly Violation[]): void {
  if (one.ofPods.length >= MAX_OF_PODS || one.looked.has(violations)) return;
  one.looked.add(violations);
  one.told ??= new Set(one.violations.map(textOf));
  for (const violation of violations) {
    const text = textOf(violation);
    if (one.told.has(text)) continue;
    one.told.add(text);
    one.ofPods.push(violation);
  }
}

const textOf = ({ check, container, field, value }: Violation): string => [check, container, field, value].join('\n');

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

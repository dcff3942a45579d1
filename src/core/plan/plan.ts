import { MANAGED_BY, MANAGED_BY_LABEL, NAME_PREFIX } from '../../api/names.ts';
import type { Section } from '../../api/types.ts';
import type { Entry } from '../../k8s/entry.ts';
import { list, record } from '../../k8s/json.ts';
import type { ObjectRef } from '../../k8s/ref.ts';
import { keyOf } from '../../k8s/ref.ts';
import type { Stage } from '../control/control.ts';
import type { View } from '../control/view.ts';
import type { Change, Desired, WriteStage } from './change.ts';
import { diffDesired, mayWiden } from './diff.ts';

/** One wanted object with everything the engine adds. */
export interface PlannedObject {
  readonly ref: ObjectRef;
  readonly control: string;
  readonly stage: Exclude<Stage, 'prune'>;
  readonly desired: Desired;
}

export interface PlanInput {
  readonly section: Section;
  /** The baseline that governs the section, or lets it go. */
  readonly baseline: string;
  readonly planned: readonly PlannedObject[];
  /** Of these and of what is kept, what waived controls wrote: it goes (DESIGN §2.2). Keys, with the control; absent = none. */
  readonly waived?: ReadonlyMap<string, string>;
  /** Objects that stay as they are because a fact is unknown. */
  readonly kept: readonly ObjectRef[];
  /** Objects of others to delete, by explicit opt-in. */
  readonly remove: readonly ObjectRef[];
  /** The kinds of the section: within them everything of ours that is not planned is pruned, whoever's label it bears. */
  readonly kinds: readonly string[];
  readonly pruneReason: 'NotDeclared' | 'Released';
}

/**
 * What must change for a section of a namespace to be as planned. Ours is what the plan names (THREATS 1): an object
 * under our prefix with our label that the plan does not name goes, and one without the label stays and is a finding of
 * the section's control. Pure; the order is stable.
 */
export function planSection(input: PlanInput, view: View): readonly Change[] {
  const refs = [...input.planned.map(({ ref }) => ref), ...input.kept];
  const exempt = refs.flatMap((ref) => exemptionOf(ref, input, view));
  const going = new Set(exempt.map(({ ref }) => keyOf(ref)));
  const writes = input.planned.flatMap((object) => (going.has(keyOf(object.ref)) ? [] : changeOf(object, input, view)));
  const named = new Set(refs.map(keyOf));
  const stale = input.kinds.flatMap((kind) =>
    [...view.liveOf(kind)].filter((live) => isOurs(live) && !named.has(keyOf(live)) && !isGoing(live)),
  );
  const foreign = input.remove.flatMap((ref) => {
    const live = view.live(ref.kind, ref.name);
    return live === undefined || live.deleting ? [] : [live];
  });
  return [
    ...writes,
    ...exempt.toSorted(byName),
    ...stale.map((live) => deletionOf(live, input, input.pruneReason)).sort(byName),
    ...foreign.map((live) => deletionOf(live, input, 'ForeignPolicy', 'network.foreign-policies')).sort(byName),
  ];
}

/** Being deleted, and held up by nobody: a finalizer would keep it standing, and in force, for ever (THREATS 2). */
const isGoing = (live: Entry): boolean => live.deleting && live.finalizers.length === 0;

/** Our reserved prefix and our label together; either alone may be anybody's. */
export const isOurs = (live: Entry): boolean =>
  live.name.startsWith(NAME_PREFIX) && live.labels[MANAGED_BY_LABEL] === MANAGED_BY;

function changeOf(object: PlannedObject, input: PlanInput, view: View): readonly Change[] {
  const { ref, control, stage, desired } = object;
  const base = { ref, control, stage, section: input.section, baseline: input.baseline };
  const live = view.live(ref.kind, ref.name);
  // Whoever makes such an object makes it again; then its fields are looked at.
  if (desired.partial === true && (live === undefined || live.deleting)) return [];
  if (live === undefined) return [{ ...base, action: 'create', desired }];
  if (live.deleting) return [{ ...base, action: 'recreate', desired, live, reason: 'Terminating' }];
  const fields = diffDesired(desired, live);
  if (fields.length === 0) return [];
  // roleRef is immutable: the API server refuses to update it.
  if (ref.kind === 'RoleBinding' && fields.some((field) => field === '/' || field.startsWith('/roleRef'))) {
    return [{ ...base, action: 'recreate', desired, live, reason: 'RoleRefReplaced' }];
  }
  const takeOver = desired.partial !== true && live.labels[MANAGED_BY_LABEL] !== MANAGED_BY;
  // Labels of others that are ours mean something: whoever changes one has loosened it.
  const urgent = desired.partial === true || mayWiden(fields);
  const release = input.pruneReason === 'Released' ? { release: true as const } : {};
  return [{ ...base, action: 'update', desired, live, fields, urgent, takeOver, ...release }];
}

/**
 * What stands under the name that a waived control writes goes, whoever put it there: the plan names it (THREATS 1), and
 * what nobody writes any more would hide what it opens. Never what others make, of which only fields are ours.
 */
function exemptionOf(ref: ObjectRef, input: PlanInput, view: View): readonly Change[] {
  const control = input.waived?.get(keyOf(ref));
  const live = control === undefined ? undefined : view.live(ref.kind, ref.name);
  if (live === undefined || !live.name.startsWith(NAME_PREFIX) || isGoing(live)) return [];
  return [deletionOf(live, input, 'Waived', control)];
}

type DeleteReason = (Change & { readonly action: 'delete' })['reason'];

function deletionOf(live: Entry, input: PlanInput, reason: DeleteReason, control: string = input.section): Change {
  const { kind, namespace, name } = live;
  const ref = { kind, namespace, name };
  const { section, baseline } = input;
  return { ref, section, baseline, control, stage: pruneStage(live), action: 'delete', live, reason };
}

/**
 * Reverse order of writes: bindings before the Roles they name, denies before the allows that keep traffic alive, a quota
 * before the defaults without which it refuses pods.
 */
const pruneStage = (live: Entry): WriteStage =>
  live.kind === 'RoleBinding' || live.kind === 'ResourceQuota' || isDeny(live) ? 'prune-guard' : 'prune-allow';

/** What was too large to be kept, or is somebody else's, may allow anything: it counts as no deny. */
function isDeny({ kind, body }: Entry): boolean {
  const { whole } = record(body);
  const { ingress, egress } = record(record(whole).spec);
  return kind === 'NetworkPolicy' && whole !== undefined && list(ingress).length === 0 && list(egress).length === 0;
}

const byName = (a: Change, b: Change): number => (keyOf(a.ref) < keyOf(b.ref) ? -1 : 1);

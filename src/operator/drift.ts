import type { Withheld } from '../core/gates/gates.ts';
import { mutatedFields } from '../core/gates/mutation.ts';
import type { WithheldChange } from '../core/gates/permitted.ts';
import type { Finding } from '../core/model/finding.ts';
import type { Change } from '../core/plan/change.ts';
import { isRelease } from '../core/plan/change.ts';
import type { ChangeResult, Drift } from '../core/plan/changeResult.ts';
import { findingOfChange, otherWriter } from '../core/plan/driftFinding.ts';
import { isOurs } from '../core/plan/plan.ts';
import { entriesOf, NO_MEMBERS } from '../k8s/nothing.ts';
import { keyOf } from '../k8s/ref.ts';

/** What was known of a namespace before this look, which tells drift from a roll-out. */
export interface Before {
  /** It was converged under the same baselines, facts and labels: whatever differs now, somebody changed. */
  readonly convergedAlike: boolean;
  /** First look of this process: the report says that the namespace was held already. */
  readonly heldBefore: boolean;
  readonly firstLook: boolean;
  /** Controls that were waived by the report of a process before this one: what comes back of them was nobody's doing. */
  readonly waivedBefore?: ReadonlySet<string>;
  /** Withheld changes that were reported already, by key. */
  readonly reported: ReadonlySet<string>;
  /** Whether a process before this one has reported it. */
  readonly told: (finding: Finding) => boolean;
  /** Drift that was seen and is not put right yet, by key. */
  readonly open: ReadonlyMap<string, OpenDrift>;
}

/** To try again is no new drift, and the repair took from when it was first seen. */
export interface OpenDrift {
  readonly sinceMs: number;
  readonly change: Drift['change'];
  /** It was told that it could not be put right. */
  readonly told: boolean;
  /** How often somebody else was faster; absent: never. */
  readonly races?: number;
}

/** Two who write at once are no failure: the next look puts it right. This often in a row, somebody wants to know. */
const TOLD_AFTER_RACES = 3;

export interface Drifts {
  readonly drifts: readonly Drift[];
  /** The withheld changes that have now been reported. */
  readonly reported: ReadonlySet<string>;
  readonly open: ReadonlyMap<string, OpenDrift>;
}

/**
 * The drift among the changes of one look. A change that follows from an edited baseline or a new fact is a roll-out and
 * no drift. `sinceMs` is when the event came.
 */
export function driftsOf(
  results: readonly ChangeResult[],
  withheld: readonly WithheldChange[],
  before: Before,
  sinceMs: number,
): Drifts {
  const open = new Map<string, OpenDrift>();
  const openOf = (change: Change): OpenDrift | undefined => {
    const known = before.open.get(keyOf(change.ref));
    const kind = changeKind(change, before) ?? known?.change;
    if (kind === undefined) return undefined;
    if (known !== undefined && (known.change === kind || isOurOwn(change))) return known;
    // Somebody did another thing to it meanwhile, such as plant their own where it was missing: wrong since then as well.
    return { sinceMs: known?.sinceMs ?? sinceMs, change: kind, told: false };
  };
  const done = results.flatMap((result): readonly Drift[] => {
    const { change } = result;
    const drift = openOf(change);
    if (drift === undefined) return [];
    const told = { ...describe(change), change: drift.change };
    if (result.result === 'written' && mutatedFields(result).length === 0) {
      const repairedInMs = result.atMs - drift.sinceMs;
      return [{ ...told, result: 'repaired', repairedInMs, ...(drift.told ? { again: true } : {}) }];
    }
    const races = (drift.races ?? 0) + 1;
    if (isRace(result) && races < TOLD_AFTER_RACES) {
      open.set(keyOf(change.ref), { ...drift, races });
      return [];
    }
    open.set(keyOf(change.ref), { ...drift, told: drift.told || result.result !== 'waiting' });
    return drift.told || result.result === 'waiting' ? [] : [{ ...told, result: 'failed', repairedInMs: undefined }];
  });
  for (const { change, reason } of withheld) {
    const drift = WAITS.has(reason) ? openOf(change) : undefined;
    if (drift !== undefined) open.set(keyOf(change.ref), drift);
  }
  const seen = withheld.filter(
    ({ change, reason }) => (reason === 'Audit' || reason === 'Suspended') && !isDeliberate(change),
  );
  const news = seen.filter(
    ({ change }) => !before.reported.has(keyOf(change.ref)) && !before.told(findingOfChange(change)),
  );
  const reports = news.flatMap(({ change }): readonly Drift[] => {
    const kind = changeKind(change, before) ?? (change.action === 'create' ? 'missing' : 'modified');
    return [{ ...describe(change), change: kind, result: 'reported', repairedInMs: undefined }];
  });
  const reported = seen.length === 0 ? NO_MEMBERS : new Set(seen.map(({ change }) => keyOf(change.ref)));
  return { drifts: [...done, ...reports], reported, open: entriesOf(open) };
}

const isRace = (result: ChangeResult): boolean => result.result === 'failed' && result.refusal.retry === 'soon';

/** These hold a repair up; it is still to come. */
const WAITS: ReadonlySet<Withheld> = new Set([
  'ChangedByAdmission',
  'SuccessorChanged',
  'LabelsContested',
  'WritesBounded',
]);

const describe = (change: Change): Omit<Drift, 'change' | 'result' | 'repairedInMs'> => ({
  ref: change.ref,
  section: change.section,
  control: change.control,
  baseline: change.baseline,
  fields: change.action === 'update' ? change.fields : [],
  manager: change.action === 'create' ? '' : otherWriter(change.live),
});

function changeKind(change: Change, before: Before): Drift['change'] | undefined {
  if (isDeliberate(change)) return undefined;
  if (before.convergedAlike) return change.action === 'create' || isTerminating(change) ? 'deleted' : 'modified';
  if (!before.firstLook || !before.heldBefore) return undefined;
  if (before.waivedBefore?.has(change.control) === true) return undefined;
  if (change.action === 'create') return 'missing';
  return isOurs(change.live) ? 'modified' : undefined;
}

/** What is there is what admission made of our own write. */
const isOurOwn = (change: Change): boolean => change.action !== 'create' && otherWriter(change.live) === '';

/** Asked for by a baseline: what goes was changed by nobody. */
const isDeliberate = (change: Change): boolean =>
  isRelease(change) || (change.action === 'delete' && change.reason !== 'NotDeclared');

const isTerminating = (change: Change): boolean => change.action === 'recreate' && change.reason === 'Terminating';

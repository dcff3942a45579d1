import type { Change } from '../core/change.ts';
import type { ChangeResult, Drift } from '../core/outcome.ts';
import type { WithheldChange } from '../core/permitted.ts';
import { isOurs } from '../core/plan.ts';
import { keyOf } from '../k8s/ref.ts';

/** What was known of a namespace before this look, which tells drift from a roll-out. */
export interface Before {
  /** It was converged under the same baselines, facts and labels: whatever differs now, somebody changed. */
  readonly convergedAlike: boolean;
  /** First look of this process: the report says that the namespace was held already. */
  readonly heldBefore: boolean;
  readonly firstLook: boolean;
  /** Withheld changes that were reported already, by key. */
  readonly reported: ReadonlySet<string>;
}

export interface Drifts {
  readonly drifts: readonly Drift[];
  /** The withheld changes that have now been reported. */
  readonly reported: ReadonlySet<string>;
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
  const done = results.flatMap((result): readonly Drift[] => {
    const kind = changeKind(result.change, before);
    if (kind === undefined || result.result === 'waiting') return [];
    const written = result.result === 'written';
    const repairedInMs = written ? result.atMs - sinceMs : undefined;
    return [{ ...describe(result.change), change: kind, result: written ? 'repaired' : 'failed', repairedInMs }];
  });
  const seen = withheld.filter(({ reason }) => reason === 'Audit' || reason === 'Suspended');
  const news = seen.filter(({ change }) => !before.reported.has(keyOf(change.ref)));
  const reports = news.flatMap(({ change }): readonly Drift[] => {
    const kind = changeKind(change, before) ?? (change.action === 'create' ? 'missing' : 'modified');
    return [{ ...describe(change), change: kind, result: 'reported', repairedInMs: undefined }];
  });
  return { drifts: [...done, ...reports], reported: new Set(seen.map(({ change }) => keyOf(change.ref))) };
}

const describe = (change: Change): Omit<Drift, 'change' | 'result' | 'repairedInMs'> => ({
  ref: change.ref,
  section: change.section,
  control: change.control,
  baseline: change.baseline,
  fields: change.action === 'update' ? change.fields : [],
  manager: change.action === 'create' ? '' : change.live.manager,
});

function changeKind(change: Change, before: Before): Drift['change'] | undefined {
  if (change.action === 'delete' && change.reason !== 'NotDeclared') return undefined;
  if (before.convergedAlike) return change.action === 'create' || isTerminating(change) ? 'deleted' : 'modified';
  if (!before.firstLook || !before.heldBefore) return undefined;
  if (change.action === 'create') return 'missing';
  return isOurs(change.live) ? 'modified' : undefined;
}

const isTerminating = (change: Change): boolean => change.action === 'recreate' && change.reason === 'Terminating';

import type { Change } from '../../core/plan/change.ts';
import { record } from '../../k8s/json.ts';
import type { Decision } from '../world/decide.ts';
import { decisions } from '../world/decide.ts';
import type { World } from '../world/world.ts';
import type { Difference } from './differences.ts';
import { valueAt } from './differences.ts';
import type { ObjectDifference } from './objectDifference.ts';

/** What the operator would change in a cluster now, and what it would not and why. */
export const liveDifferences = (world: World, only: string | undefined): readonly ObjectDifference[] =>
  decisions(world, only).flatMap((decision) => decision.plan.changes.map((change) => differenceOf(change, decision)));

const differenceOf = (change: Change, { withheld }: Decision): ObjectDifference => {
  const { ref, baseline, section, action } = change;
  return {
    ref,
    baseline,
    section,
    action: WORDS[action],
    fields: fieldsOf(change),
    withheld: withheld.find((one) => one.change === change)?.reason,
  };
};

const WORDS = { create: 'add', update: 'change', recreate: 'replace', delete: 'remove' } as const;

function fieldsOf(change: Change): readonly Difference[] {
  if (change.action !== 'update') return [];
  const { live, desired } = change;
  const before = { metadata: live, ...record(record(live.body).whole) };
  const after = { metadata: { ownerReferences: [], finalizers: [], labels: desired.labels }, ...desired.body };
  return change.fields.map((field) => {
    const pointer = field === '/' ? '' : field;
    return { pointer, before: valueAt(before, pointer), after: valueAt(after, pointer) };
  });
}

import type { Section } from '../../api/types.ts';
import { entriesOf } from '../../k8s/nothing.ts';
import { keyOf } from '../../k8s/ref.ts';
import type { Change, Plan } from '../plan/change.ts';
import { isDenyPrune } from '../plan/change.ts';
import type { Gate, GateContext, Withheld } from './gates.ts';
import { passes } from './gates.ts';
import type { Bucket, Contest, NamespaceMemory } from './memory.ts';
import { LABEL_BURST, LABEL_REFILL_MS, REMOVALS_PER_MINUTE, refill, WRITES_PER_SECOND } from './memory.ts';

export interface WithheldChange {
  readonly change: Change;
  readonly reason: Withheld;
}

export interface Permitted {
  readonly writes: readonly Change[];
  readonly withheld: readonly WithheldChange[];
  /** What to remember, with the tokens of these writes already spent. */
  readonly memory: NamespaceMemory;
  /** When something withheld may pass, in the clock of `nowMs`. */
  readonly wakeAtMs: number | undefined;
}

const WRITE_REFILL_MS = 1000 / WRITES_PER_SECOND;
const REMOVALS_WITHIN_MS = 60_000;

/**
 * What may be written now, what is withheld and why, and when to look again (DESIGN §3). Nothing else decides. Repairs
 * come before everything in the order of the plan, so that a flood of prunes cannot spend a repair's tokens.
 */
export function permitted(plan: Plan, gates: readonly Gate[], context: GateContext): Permitted {
  const writes: Change[] = [];
  const withheld: WithheldChange[] = [];
  let wakeAtMs: number | undefined;
  let budget = refill(context.memory.writes, WRITES_PER_SECOND, WRITE_REFILL_MS, context.nowMs);
  let removals = context.memory.removals.filter((atMs) => context.nowMs - atMs < REMOVALS_WITHIN_MS);
  const hold = (change: Change, reason: Withheld, untilMs: number | undefined): void => {
    withheld.push({ change, reason });
    if (untilMs !== undefined) wakeAtMs = Math.min(wakeAtMs ?? untilMs, untilMs);
  };
  for (const change of repairsFirst(plan.changes)) {
    const verdict = passes(gates, change, context);
    const removal = change.action === 'delete' && change.reason === 'ForeignPolicy';
    if (!verdict.allow) hold(change, verdict.reason, verdict.untilMs);
    else if (isDenyPrune(change) && withheld.some((other) => isChangedDeny(other, change.section)))
      hold(change, 'SuccessorChanged', undefined);
    else if (removal && removals.length >= REMOVALS_PER_MINUTE) hold(change, 'RemovalsBounded', freeAtMs(removals));
    else if (budget.tokens < 1) hold(change, 'WritesBounded', budget.atMs + WRITE_REFILL_MS);
    else {
      writes.push(isOutrun(change, context.memory) ? { ...change, outrun: true } : change);
      budget = spend(budget);
      if (removal) removals = [...removals, context.nowMs];
    }
  }
  const contests = spendLabels(context.memory.contests, writes, context.nowMs);
  const mutations = stillWrong(context.memory.mutations, plan);
  return { writes, withheld, wakeAtMs, memory: { ...context.memory, writes: budget, removals, contests, mutations } };
}

/** What the plan has nothing to say about any more has become right, or is nobody's: its mutation is forgotten. */
function stillWrong(mutations: NamespaceMemory['mutations'], { changes }: Plan): NamespaceMemory['mutations'] {
  if (mutations.size === 0) return mutations;
  const wrong = new Set(changes.map(({ ref }) => keyOf(ref)));
  return entriesOf(new Map([...mutations].filter(([key]) => wrong.has(key))));
}

/** Who plants objects that we prune could otherwise keep the sections that come later waiting for the budget. */
const repairsFirst = (changes: readonly Change[]): readonly Change[] => [
  ...changes.filter(({ action }) => action !== 'delete'),
  ...changes.filter(({ action }) => action === 'delete'),
];

/** What takes the place of a deny does not stand as it was written: its change wakes us when it is tried again. */
const isChangedDeny = ({ change, reason }: WithheldChange, section: Section): boolean =>
  reason === 'ChangedByAdmission' && change.stage === 'guard' && change.section === section;

/** When the oldest of the removals that still count is a minute old. */
const freeAtMs = (removals: readonly number[]): number => (removals.at(-REMOVALS_PER_MINUTE) ?? 0) + REMOVALS_WITHIN_MS;

const isOutrun = (change: Change, { contests }: NamespaceMemory): change is Change & { action: 'update' } =>
  change.action === 'update' && contests.get(keyOf(change.ref))?.outrun === true;

const spend = (bucket: Bucket): Bucket => ({ ...bucket, tokens: bucket.tokens - 1 });

function spendLabels(
  contests: ReadonlyMap<string, Contest>,
  writes: readonly Change[],
  nowMs: number,
): ReadonlyMap<string, Contest> {
  const spent = writes.filter((w) => w.action === 'update' && !w.urgent && contests.has(keyOf(w.ref)));
  if (spent.length === 0) return contests;
  const next = new Map(contests);
  for (const { ref } of spent) {
    const contest = next.get(keyOf(ref));
    if (contest === undefined) continue;
    next.set(keyOf(ref), { ...contest, labels: spend(refill(contest.labels, LABEL_BURST, LABEL_REFILL_MS, nowMs)) });
  }
  return next;
}

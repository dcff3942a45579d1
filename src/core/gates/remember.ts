import { entriesOf } from '../../k8s/nothing.ts';
import { keyOf } from '../../k8s/ref.ts';
import type { Governance } from '../govern/governance.ts';
import { objectName } from '../model/finding.ts';
import type { AttributedFinding } from '../plan/change.ts';
import type { ChangeResult, Drift } from '../plan/changeResult.ts';
import type { Contest, Mutation, NamespaceMemory } from './memory.ts';
import { CONTEST_FORGOTTEN_MS, CONTESTED_REPAIRS, LABEL_BURST, mutationBackoffMs, OUTRUN_CONFLICTS } from './memory.ts';
import { mutatedFields } from './mutation.ts';

/** The memory after the writes: what was contested, and what admission changed under our hands. */
export function remember(
  memory: NamespaceMemory,
  results: readonly ChangeResult[],
  drifts: readonly Drift[],
  nowMs: number,
): NamespaceMemory {
  return {
    ...memory,
    contests: contestsAfter(memory.contests, results, drifts, nowMs),
    mutations: mutationsAfter(memory.mutations, results, nowMs),
  };
}

function contestsAfter(
  before: ReadonlyMap<string, Contest>,
  results: readonly ChangeResult[],
  drifts: readonly Drift[],
  nowMs: number,
): ReadonlyMap<string, Contest> {
  const repaired = drifts.filter((drift) => drift.result === 'repaired');
  const stale = [...before].some(([, contest]) => nowMs - contest.lastMs >= CONTEST_FORGOTTEN_MS);
  if (repaired.length === 0 && !stale) return before;
  const next = new Map([...before].filter(([, contest]) => nowMs - contest.lastMs < CONTEST_FORGOTTEN_MS));
  const lost = new Set(results.filter(isOutrun).map(({ change }) => keyOf(change.ref)));
  for (const drift of repaired) {
    const key = keyOf(drift.ref);
    const outrun = lost.has(key);
    const openMs = drift.repairedInMs ?? 0;
    const old = next.get(key);
    next.set(
      key,
      old === undefined
        ? {
            firstMs: nowMs - openMs,
            lastMs: nowMs,
            repairs: 1,
            openMs,
            labels: { tokens: LABEL_BURST - 1, atMs: nowMs },
            outrun,
          }
        : {
            ...old,
            lastMs: nowMs,
            repairs: old.repairs + 1,
            openMs: old.openMs + openMs,
            outrun: old.outrun === true || outrun,
          },
    );
  }
  return entriesOf(next);
}

const isOutrun = (result: ChangeResult): boolean =>
  result.result === 'written' && (result.conflicts ?? 0) >= OUTRUN_CONFLICTS;

/**
 * Any difference between what we wrote and what the server answered counts: in a NetworkPolicy, a Role or a RoleBinding
 * nobody can say that it is not wider (THREATS 10).
 */
function mutationsAfter(
  before: ReadonlyMap<string, Mutation>,
  results: readonly ChangeResult[],
  nowMs: number,
): ReadonlyMap<string, Mutation> {
  const written = results.filter((result) => result.result === 'written');
  if (written.length === 0) return before;
  const next = new Map(before);
  for (const result of written) {
    const key = keyOf(result.change.ref);
    const fields = mutatedFields(result);
    if (result.answer === undefined || fields.length === 0) next.delete(key);
    else {
      const attempts = (next.get(key)?.attempts ?? 0) + 1;
      const { uid, resourceVersion } = result.answer;
      next.set(key, { uid, resourceVersion, fields, attempts, nextMs: nowMs + mutationBackoffMs(attempts) });
    }
  }
  return entriesOf(next);
}

export const isContested = (contest: Contest): boolean => contest.repairs >= CONTESTED_REPAIRS;

/** When the oldest contest is to be forgotten, so that its finding goes by itself; undefined when there is none. */
export const nextForgetMs = (memory: NamespaceMemory): number | undefined => {
  const times = [...memory.contests.values()].map((contest) => contest.lastMs + CONTEST_FORGOTTEN_MS);
  return times.length === 0 ? undefined : Math.min(...times);
};

/** `Contested` names the measured share of time that an object stood wrong, and what alone ends the race (THREATS 5). */
export const contestFindings = (
  memory: NamespaceMemory,
  governance: Governance,
  kinds: Readonly<Record<string, readonly string[]>>,
): readonly AttributedFinding[] =>
  [...memory.contests].flatMap(([key, contest]): readonly AttributedFinding[] => {
    if (!isContested(contest)) return [];
    const [kind = '', namespace = '', name = ''] = key.split('/');
    const section = governance.sections.find((s) => kinds[s.section]?.includes(kind));
    if (section?.governor === undefined) return [];
    // Up to the last repair: what stands wrong since then, a finding of its own tells.
    const spanMs = Math.max(1, contest.lastMs - contest.firstMs);
    const share = contest.openMs / spanMs;
    const ref = { kind, namespace, name };
    return [
      {
        baseline: section.governor.baseline.name,
        shadow: false,
        control: 'governance',
        check: 'SB-GOV-003',
        severity: 'high',
        result: 'warn',
        ref,
        reason: 'Contested',
        message: `${objectName(ref)} was put right ${contest.repairs} times in ${(spanMs / 1_000).toFixed(1)} s and stood wrong ${(share * 100).toFixed(1)} % of that time; only admission: Deny ends such a race`,
      },
    ];
  });

import type { Section } from '../api/types.ts';
import { SECTIONS } from '../api/types.ts';
import { mutatedFields } from '../core/gates/mutation.ts';
import type { Change } from '../core/plan/change.ts';
import { isDenyPrune, STAGES } from '../core/plan/change.ts';
import type { ChangeResult } from '../core/plan/changeResult.ts';
import { applyChange } from './applyChange.ts';
import type { ApplyPorts } from './ports.ts';

/**
 * Carries out permitted changes stage by stage (DESIGN §3): the writes of a stage run in parallel, the next waits for
 * their answers. Sections do not wait for each other: a deny needs its allows, not the Roles, which the API server may
 * take a tenth of a second to check (its escalation check reads bindings consistently).
 */
export async function applyStages(
  changes: readonly Change[],
  ports: ApplyPorts,
  signal: AbortSignal,
): Promise<readonly ChangeResult[]> {
  const chains = SECTIONS.map((section) => applySection(section, changes, ports, signal));
  return (await Promise.all(chains)).flat();
}

/**
 * A failure in `allow` is tried once more, then `guard` goes on: a missing allow must not leave a namespace open. Nothing
 * is pruned while an earlier stage has failed, and no deny while admission changed the one that takes its place; what
 * allows is pruned all the same, or who plants it would profit from such admission.
 */
async function applySection(
  section: Section,
  changes: readonly Change[],
  ports: ApplyPorts,
  signal: AbortSignal,
): Promise<readonly ChangeResult[]> {
  const results: ChangeResult[] = [];
  const kept: ChangeResult[] = [];
  for (const stage of STAGES) {
    const isKept = (change: Change): boolean => isDenyPrune(change) && results.some(isChangedGuard);
    const due = changes.filter((change) => change.section === section && change.stage === stage);
    kept.push(...due.filter(isKept).map((change): ChangeResult => ({ change, result: 'waiting' })));
    const writes = due.filter((change) => !isKept(change));
    if (writes.length === 0) continue;
    const prunes = stage === 'prune-guard' || stage === 'prune-allow';
    if (prunes && results.some(({ result }) => result !== 'written')) {
      results.push(...writes.map((change): ChangeResult => ({ change, result: 'waiting' })));
      continue;
    }
    const answers = await Promise.all(writes.map((change) => applyChange(change, ports, signal)));
    results.push(...(stage === 'allow' ? await retried(answers, ports, signal) : answers));
  }
  return [...results, ...kept];
}

const isChangedGuard = (result: ChangeResult): boolean =>
  result.change.stage === 'guard' && mutatedFields(result).length > 0;

const retried = (
  answers: readonly ChangeResult[],
  ports: ApplyPorts,
  signal: AbortSignal,
): Promise<readonly ChangeResult[]> =>
  Promise.all(
    answers.map((answer) => {
      const again = answer.result === 'failed' && answer.refusal.retry !== 'none' && answer.refusal.retry !== 'stalled';
      return again ? applyChange(answer.change, ports, signal) : answer;
    }),
  );

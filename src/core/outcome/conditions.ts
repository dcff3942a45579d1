import type { Condition } from '../../api/types.ts';

export type NewCondition = Omit<Condition, 'lastTransitionTime'>;

const RANK: Readonly<Record<string, number>> = {
  Stalled: 0,
  Reconciling: 1,
  Ready: 2,
  Compliant: 3,
  AuditPolicyPublished: 4,
  AuditEffective: 5,
  AdmissionEnforced: 6,
};

/** Stalled, Reconciling, Ready, Compliant, then what is about audit and admission, then the rest by name: kstatus reads them in array order. */
const byRank = (a: Condition, b: Condition): number =>
  (RANK[a.type] ?? 9) - (RANK[b.type] ?? 9) || (a.type < b.type ? -1 : 1);

/**
 * The conditions of types we own replaced by `next`; conditions of others stay. `lastTransitionTime` moves only when
 * `status` changes (Kubernetes API conventions). `now` is RFC 3339.
 */
export function mergeConditions(
  before: readonly Condition[],
  next: readonly NewCondition[],
  ownedTypes: readonly string[],
  now: string,
): readonly Condition[] {
  const foreign = before.filter((condition) => !ownedTypes.includes(condition.type));
  const own = next.map((condition) => {
    const old = before.find(({ type }) => type === condition.type);
    const lastTransitionTime = old?.status === condition.status ? old.lastTransitionTime : now;
    return { ...condition, lastTransitionTime };
  });
  return [...foreign, ...own].sort(byRank);
}

import type { SecurityBaselineStatus } from '../../api/types.ts';
import type { Finding, Severity } from '../model/finding.ts';
import { cutAt } from '../model/finding.ts';
import type { Contribution, Tally } from './tally.ts';

type Worst = NonNullable<SecurityBaselineStatus['worst']>;

export const WORST_LIMIT = 20;
const RANK: Readonly<Record<Severity, number>> = { critical: 0, high: 1, medium: 2, low: 3 };
const NO_RANK = 9;

/**
 * At most twenty namespaces, one entry each, so that one namespace cannot push out the rest (THREATS 6): by severity, then
 * longest failing. After a restart all have failed equally long, so the order of the status before decides, and a restart
 * writes nothing.
 */
export function worstOf(tally: Tally, before: Worst): Worst {
  const place = new Map(before.map(({ namespace }, index) => [namespace, index]));
  return [...tally.bad]
    .flatMap(([namespace, contribution]) => {
      const finding = contribution.findings[0];
      return finding === undefined ? [] : [{ namespace, contribution, finding }];
    })
    .sort(
      (a, b) =>
        rankOf(a.finding) - rankOf(b.finding) ||
        a.contribution.sinceMs - b.contribution.sinceMs ||
        (place.get(a.namespace) ?? WORST_LIMIT) - (place.get(b.namespace) ?? WORST_LIMIT) ||
        (a.namespace < b.namespace ? -1 : 1),
    )
    .slice(0, WORST_LIMIT)
    .map(({ namespace, finding }) => ({
      namespace,
      severity: finding.severity,
      control: finding.control,
      reason: finding.reason,
      message: cutAt(finding.message, 1024),
    }));
}

/** Warnings come after everything that fails or could not be judged. */
const rankOf = (finding: Finding): number => RANK[finding.severity] + (finding.result === 'warn' ? NO_RANK : 0);

/** Whether a namespace has anything to say; what is waived is in its report. */
export const isBad = (contribution: Contribution): boolean =>
  contribution.findings.some(({ result }) => result !== 'waived') || contribution.failure !== undefined;

import type { Finding } from '../../src/core/model/finding.ts';
import type { Failure } from '../../src/core/outcome/outcome.ts';
import type { Contribution, Tally } from '../../src/core/outcome/tally.ts';
import { isBad } from '../../src/core/outcome/worst.ts';
import { finding } from '../support/build.ts';

export const failure = (reason: Failure['reason'] = 'ServerError'): Failure => ({
  reason,
  message: `${reason} was answered`,
  retry: reason === 'MissingRight' ? 'stalled' : 'backoff',
});

const FINDINGS: Readonly<Record<Contribution['state'], readonly Finding[]>> = {
  compliant: [],
  drifted: [finding()],
  failed: [finding({ reason: 'Missing' })],
  unknown: [finding({ result: 'unknown', reason: 'OtherPolicyApi', severity: 'medium' })],
  waived: [finding({ result: 'waived', waiver: 'legacy' })],
};

/** What one namespace adds, with the findings that its state needs. */
export const contribution = (
  state: Contribution['state'] = 'compliant',
  more: Partial<Contribution> = {},
): Contribution => ({
  uid: 'uid-restricted',
  generation: 3,
  state,
  retained: false,
  findings: FINDINGS[state],
  failure: state === 'failed' ? failure() : undefined,
  sinceMs: 0,
  ...more,
});

/** The tally of these namespaces, counted anew. */
export function tallyOf(members: Readonly<Record<string, Contribution | 'pending'>>): Tally {
  const counts = { compliant: 0, drifted: 0, failed: 0, unknown: 0, waived: 0, pending: 0, retained: 0 };
  const findings = new Map<string, number>();
  const bad = new Map<string, Contribution>();
  const failures = new Map<Failure['reason'], number>();
  for (const [namespace, member] of Object.entries(members)) {
    if (member === 'pending') {
      counts.pending += 1;
      continue;
    }
    counts[member.retained ? 'retained' : member.state] += 1;
    for (const { control, severity, result } of member.findings) {
      const key = `${control} ${severity} ${result}`;
      findings.set(key, (findings.get(key) ?? 0) + 1);
    }
    if (member.failure !== undefined)
      failures.set(member.failure.reason, (failures.get(member.failure.reason) ?? 0) + 1);
    if (isBad(member)) bad.set(namespace, member);
  }
  return { counts, findings, bad, failures };
}

import type { Finding } from '../../core/model/finding.ts';
import { quoteForeign } from '../../core/model/finding.ts';
import type { ObjectRef } from '../../k8s/ref.ts';

export const policyRef = (namespace: string, name: string): ObjectRef => ({ kind: 'NetworkPolicy', namespace, name });
export const namespaceRef = (name: string): ObjectRef => ({ kind: 'Namespace', namespace: '', name });

/** Peers of a policy that `blockedCidrs` took away; at most one finding a policy. */
export function leftOutFinding(control: string, ref: ObjectRef, leftOut: readonly string[]): readonly Finding[] {
  if (leftOut.length === 0) return [];
  const names = leftOut.slice(0, 5).map(quoteForeign).join(', ');
  const more = leftOut.length > 5 ? ` and ${leftOut.length - 5} more` : '';
  return [
    {
      control,
      check: 'SB-NET-006',
      severity: 'low',
      result: 'warn',
      ref,
      reason: 'BlockedPeerLeftOut',
      message: `Left out of the policy, because blockedCidrs covers it or it cannot be read: ${names}${more}.`,
    },
  ];
}

/** A fact that the control needs is not known: the live object stays as it is, and none is created. */
export const unknownFact = (control: string, ref: ObjectRef, reason: string, what: string, why: string): Finding => ({
  control,
  check: 'SB-NET-002',
  severity: 'medium',
  result: 'unknown',
  ref,
  reason,
  message: `${what} is not known (${why}): the policy stays as it is, and is not created if it is absent.`,
});

/** A fact is no longer known and its last known value is still in use. */
export const staleFact = (control: string, ref: ObjectRef, reason: string, what: string, why: string): Finding => ({
  control,
  check: 'SB-NET-002',
  severity: 'low',
  result: 'warn',
  ref,
  reason,
  message: `${what} is no longer known (${why}): the last known value is kept.`,
});

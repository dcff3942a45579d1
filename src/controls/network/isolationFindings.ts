import type { Finding } from '../../core/model/finding.ts';
import { quoteForeign } from '../../core/model/finding.ts';
import { PODS_OUTLIVE } from '../../core/model/lingering.ts';
import { namespaceRef, policyRef } from './findings.ts';
import type { Direction } from './names.ts';
import type { PodLike } from './podsIn.ts';
import { namedWorkloads } from './podsIn.ts';

const CONTROL = 'network.isolation';

export interface Unisolated {
  readonly direction: Direction;
  readonly pods: readonly PodLike[];
}

/** One finding for a namespace: pods come and go, and each would be news. */
export function notIsolated(
  namespace: string,
  all: readonly Unisolated[],
  blockedCidrs: readonly string[],
): readonly Finding[] {
  if (all.length === 0) return [];
  const parts = all.map(({ direction, pods }) => `for ${direction} ${namedWorkloads(pods)}`).join('; ');
  const blocked = all.some(({ direction }) => direction === 'Egress') && blockedCidrs.length > 0;
  return [
    {
      control: CONTROL,
      check: 'SB-NET-004',
      severity: 'high',
      result: 'fail',
      ref: namespaceRef(namespace),
      reason: 'PodNotIsolated',
      message: `No NetworkPolicy isolates these pods: ${parts}.${blocked ? ' They reach blockedCidrs.' : ''}`,
    },
  ];
}

/** Nothing passes that was not seen. */
export const tooManyToMatch = (namespace: string, policies: number, pods: number): Finding => ({
  control: CONTROL,
  check: 'SB-NET-004',
  severity: 'medium',
  result: 'unknown',
  ref: namespaceRef(namespace),
  reason: 'TooLargeToJudge',
  message: `The namespace has ${policies} NetworkPolicies and pods with ${pods} sets of labels: whether a policy isolates each of them is not asked.`,
});

export const onHostNetwork = (
  namespace: string,
  pods: readonly PodLike[],
  blockedCidrs: readonly string[],
): readonly Finding[] =>
  pods.length === 0
    ? []
    : [
        {
          control: CONTROL,
          check: 'SB-NET-007',
          severity: 'medium',
          result: 'warn',
          ref: namespaceRef(namespace),
          reason: 'PodOnHostNetwork',
          message: `No NetworkPolicy binds pods on the network of their node: ${namedWorkloads(pods)}.${blockedCidrs.length > 0 ? ' They reach blockedCidrs.' : ''}`,
        },
      ];

export const egressWithoutDns = (namespace: string): Finding => ({
  control: CONTROL,
  check: 'SB-NET-002',
  severity: 'medium',
  result: 'warn',
  ref: namespaceRef(namespace),
  reason: 'EgressWithoutDns',
  message: 'Egress is denied and no policy lets pods ask for names on port 53: write allow.dns, or a rule for it.',
});

/** A rule of the baseline; what others open is `ForeignPolicyOpensNamespace`. */
export function opensToEverybody(
  namespace: string,
  name: string,
  open: readonly { readonly direction: Direction; readonly all: boolean }[],
): Finding {
  const parts = open.map(({ direction, all }) => `${direction} on ${all ? 'all ports' : 'some ports'}`);
  return {
    control: CONTROL,
    check: 'SB-NET-004',
    severity: open.some(({ all }) => all) ? 'medium' : 'low',
    result: 'warn',
    ref: policyRef(namespace, name),
    reason: 'RuleOpensToEverybody',
    message: `A rule of the baseline opens pods here to all namespaces, or to more than half of all IPv4 or IPv6 addresses (${parts.join(', ')}).`,
  };
}

export const bindsNothing = (namespace: string, name: string, onHosts: boolean): Finding => ({
  control: CONTROL,
  check: 'SB-NET-007',
  severity: 'low',
  result: 'warn',
  ref: policyRef(namespace, name),
  reason: 'PolicyBindsNothing',
  message: onHosts
    ? `NetworkPolicy ${quoteForeign(name)} selects only pods on the network of their node, which no policy binds.`
    : `NetworkPolicy ${quoteForeign(name)} selects no pod of the namespace, and none that a workload would make.`,
});

export const outliving = (namespace: string, pods: number, forMs: number): Finding => ({
  control: CONTROL,
  check: 'SB-NET-007',
  severity: 'medium',
  result: 'fail',
  ref: namespaceRef(namespace),
  reason: PODS_OUTLIVE,
  message: `${pods === 1 ? '1 pod runs' : `${pods} pods run`} on, ${Math.floor(forMs / 60_000)} minutes after the namespace was deleted: what is deleted there is not put back. Look for finalizers on pods, and for nodes that do not answer.`,
});

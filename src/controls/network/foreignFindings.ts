import type { Finding } from '../../core/model/finding.ts';
import { quoteForeign } from '../../core/model/finding.ts';
import { isNowhere, NOWHERE, opensTooMuch, reachesBlock, unionReach } from '../../core/reach/reach.ts';
import type { Block } from '../../k8s/cidr.ts';
import { parseCidr } from '../../k8s/cidr.ts';
import { namespaceRef, policyRef } from './findings.ts';
import type { JudgedPolicy } from './judgedPolicy.ts';
import type { Direction } from './names.ts';

export const FOREIGN_POLICIES = 'network.foreign-policies';

/** One policy that undoes the deny by itself. */
export const opensAlone = (namespace: string, { name, opens }: JudgedPolicy): readonly Finding[] =>
  opens.length === 0
    ? []
    : [
        {
          control: FOREIGN_POLICIES,
          check: 'SB-NET-004',
          severity: 'critical',
          result: 'fail',
          ref: policyRef(namespace, name),
          reason: 'ForeignPolicyOpensNamespace',
          message: `NetworkPolicy ${quoteForeign(name)} undoes the default deny (${opens.join(', ')}): it allows all namespaces, or more than half of all IPv4 or IPv6 addresses.`,
        },
      ];

/** Policies of which none opens too much, and all together do: `0.0.0.0/1` twice (THREATS 20). */
export function openTogether(
  namespace: string,
  judged: readonly JudgedPolicy[],
  direction: Direction,
): readonly Finding[] {
  const rest = judged.filter(
    ({ opens, reach }) => !opens.includes(direction) && !isNowhere(reach[direction] ?? NOWHERE),
  );
  if (!opensTooMuch(unionReach(rest.map(({ reach }) => reach[direction] ?? NOWHERE)))) return [];
  return [
    {
      control: FOREIGN_POLICIES,
      check: 'SB-NET-004',
      severity: 'critical',
      result: 'fail',
      ref: namespaceRef(namespace),
      reason: 'ForeignPolicyOpensNamespace',
      message: `NetworkPolicies that are harmless one by one together undo the default deny (${direction}): ${named(rest.map(({ name }) => name))}.`,
    },
  ];
}

/** A policy whose pods may reach an address that the baseline blocks. */
export function reachesBlocked(
  namespace: string,
  { name, reach }: JudgedPolicy,
  blockedCidrs: readonly string[],
): readonly Finding[] {
  const { Egress: egress } = reach;
  if (egress === undefined) return [];
  const reached = blockedCidrs.filter((cidr) => {
    const block: Block | undefined = parseCidr(cidr);
    return block !== undefined && reachesBlock(egress, block);
  });
  if (reached.length === 0) return [];
  return [
    {
      control: FOREIGN_POLICIES,
      check: 'SB-NET-006',
      severity: 'high',
      result: 'fail',
      ref: policyRef(namespace, name),
      reason: 'ForeignPolicyReachesBlockedCidr',
      message: `NetworkPolicy ${quoteForeign(name)} lets its pods reach blockedCidrs: ${named(reached)}.`,
    },
  ];
}

export const tooLarge = (namespace: string, { name }: JudgedPolicy): Finding => ({
  control: FOREIGN_POLICIES,
  check: 'SB-NET-004',
  severity: 'high',
  result: 'unknown',
  ref: policyRef(namespace, name),
  reason: 'TooLargeToJudge',
  message: `NetworkPolicy ${quoteForeign(name)} is too large to judge: what it opens is not known.`,
});

export const tooMany = (namespace: string, count: number, limit: number): Finding => ({
  control: FOREIGN_POLICIES,
  check: 'SB-NET-004',
  severity: 'high',
  result: 'unknown',
  ref: namespaceRef(namespace),
  reason: 'TooLargeToJudge',
  message: `The namespace has ${count} NetworkPolicies of others; only ${limit} were judged. Delete what nobody needs, or name fewer blocks of addresses.`,
});

export const otherApis = (namespace: string, groups: readonly string[]): Finding => ({
  control: FOREIGN_POLICIES,
  check: 'SB-NET-004',
  severity: 'medium',
  result: 'unknown',
  ref: namespaceRef(namespace),
  reason: 'OtherPolicyApi',
  message: `The cluster serves network policies that Drawbridge does not read, and one of them may open the namespace: ${groups.join(', ')}.`,
});

/** Nothing passes that was not seen. */
export const otherApisUnknown = (namespace: string, why: string): Finding => ({
  ...otherApis(namespace, []),
  message: `Whether the cluster serves network policies that Drawbridge does not read is not known: ${why}.`,
});

/** At most five names, escaped. */
function named(names: readonly string[]): string {
  const shown = names.slice(0, 5).map(quoteForeign).join(', ');
  return names.length > 5 ? `${shown} and ${names.length - 5} more` : shown;
}

import type { NetworkSpec, PodSecuritySpec, RbacSpec, ResourcesSpec } from '../../api/types.ts';
import { nanosOf } from '../../k8s/quantity.ts';
import { covers, declaredGrade, MODES } from '../podSecurity/grade.ts';
import type { Claim } from './governance.ts';

/**
 * Why the baseline that governs a section is weaker there than the next one, or undefined when nothing shows that it is
 * (THREATS 15). It compares what the specs say, not what they mean: a hint for people, on which nothing rests.
 */
export function weakerThan(governor: Claim, next: Claim): string | undefined {
  switch (governor.section) {
    case 'network':
      return weakerNetwork(governor.spec as NetworkSpec, next.spec as NetworkSpec);
    case 'rbac':
      return weakerRbac(governor.spec as RbacSpec, next.spec as RbacSpec);
    case 'serviceAccounts':
      // There is one thing to say, and whoever has the section says it.
      return undefined;
    case 'podSecurity':
      return weakerPodSecurity(governor.spec as PodSecuritySpec, next.spec as PodSecuritySpec);
    case 'resources':
      return weakerResources(governor.spec as ResourcesSpec, next.spec as ResourcesSpec);
  }
}

function weakerPodSecurity(a: PodSecuritySpec, b: PodSecuritySpec): string | undefined {
  const lower = MODES.filter((mode) => {
    const [mine, theirs] = [declaredGrade(a, mode), declaredGrade(b, mode)];
    return theirs !== undefined && (mine === undefined || !covers(mine, theirs));
  });
  return lower.length > 0 ? `its ${lower.join(', ')} is lower` : undefined;
}

function weakerResources(a: ResourcesSpec, b: ResourcesSpec): string | undefined {
  const hard = a.quota?.hard ?? {};
  const higher = Object.entries(b.quota?.hard ?? {}).filter(([name, limit]) => isHigher(hard[name], limit));
  if (higher.length > 0) return `its quota allows more of ${higher.map(([name]) => name).join(', ')}`;
  return a.limitRange === undefined && b.limitRange !== undefined ? 'it has no limitRange' : undefined;
}

const isHigher = (mine: string | undefined, theirs: string): boolean => {
  const [a, b] = [mine === undefined ? undefined : nanosOf(mine), nanosOf(theirs)];
  return a === undefined || b === undefined || a > b;
};

function weakerNetwork(a: NetworkSpec, b: NetworkSpec): string | undefined {
  const open = b.defaultDeny.filter((direction) => !a.defaultDeny.includes(direction));
  if (open.length > 0) return `it does not deny ${open.join(' and ')}`;
  const more = peersOf(a) - peersOf(b);
  if (more > 0) return `its allow rules name ${more} more peers`;
  if (a.allow?.sameNamespace !== undefined && b.allow?.sameNamespace === undefined)
    return 'it allows the same namespace';
  const unblocked = (b.blockedCidrs ?? []).filter((cidr) => !(a.blockedCidrs ?? []).includes(cidr));
  return unblocked.length > 0 ? `it does not block ${unblocked.join(', ')}` : undefined;
}

/** A rule without peers allows everyone: it counts more than any list. */
const peersOf = (spec: NetworkSpec): number =>
  (spec.allow?.rules ?? [])
    .flatMap((rule) => [...(rule.ingress ?? []).map((r) => r.from), ...(rule.egress ?? []).map((r) => r.to)])
    .reduce((sum, peers) => sum + (peers.length === 0 ? 1000 : peers.length), 0) +
  (spec.allow?.apiServerCallbacks?.cidrs?.length ?? 0);

function weakerRbac(a: RbacSpec, b: RbacSpec): string | undefined {
  const moreRules = count(a.roles, (role) => role.rules.length) - count(b.roles, (role) => role.rules.length);
  if (moreRules > 0) return `its Roles have ${moreRules} more rules`;
  const moreSubjects =
    count(a.roleBindings, (binding) => binding.subjects.length) -
    count(b.roleBindings, (binding) => binding.subjects.length);
  return moreSubjects > 0 ? `its RoleBindings name ${moreSubjects} more subjects` : undefined;
}

const count = <T>(items: readonly T[] | undefined, size: (item: T) => number): number =>
  (items ?? []).reduce((sum, item) => sum + size(item), 0);

import type { Entry } from '../../k8s/entry.ts';
import type { ObjectIndex } from '../../k8s/objectIndex.ts';
import { unionRights } from '../../k8s/rbac/grantedRights.ts';
import { matchesSelector } from '../../k8s/selector.ts';
import type { ClusterRoleBody } from '../model/bodies.ts';
import type { ClusterRoleRights, Fact } from './facts.ts';

type ClusterRole = Entry<ClusterRoleBody>;

/**
 * What each ClusterRole comes to. One that aggregates others has what they have, also where the controller that copies
 * their rules has not come to it yet, or was stopped.
 */
export function clusterRolesFact(index: ObjectIndex): Fact<Readonly<Record<string, ClusterRoleRights>>> {
  const roles = [...index.ofKind('ClusterRole')] as readonly ClusterRole[];
  if (roles.length === 0) return { known: false, why: 'no ClusterRole is known' };
  const rights = roles
    .map((role) => [role.name, rightsWith(aggregated(role, roles))] as const)
    .filter(([, { inNamespace, inCluster, tooLarge }]) => inNamespace.length + inCluster.length > 0 || tooLarge)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return { known: true, value: Object.fromEntries(rights) };
}

/** A ClusterRole and those that it aggregates, these of others in turn. */
function aggregated(role: ClusterRole, roles: readonly ClusterRole[]): ReadonlySet<ClusterRole> {
  const found = new Set([role]);
  for (const { body } of found) {
    for (const selector of body.aggregates ?? []) {
      for (const other of roles) if (matchesSelector(selector, other.labels)) found.add(other);
    }
  }
  return found;
}

function rightsWith(roles: ReadonlySet<ClusterRole>): ClusterRoleRights {
  const bodies = [...roles].map(({ body }) => body);
  const rights = unionRights(bodies.map((body) => body.rights));
  return bodies.some(({ tooLarge }) => tooLarge) ? { ...rights, tooLarge: true } : rights;
}

import { NAME_PREFIX } from '../../api/names.ts';
import type { RoleBindingSpec } from '../../api/types.ts';
import { boundedName } from '../../k8s/boundedName.ts';
import { hash32 } from '../../k8s/hash.ts';

export const RBAC_GROUP = 'rbac.authorization.k8s.io';

export const roleName = (name: string): string => boundedName(`${NAME_PREFIX}${name}`);

export interface RoleRef {
  readonly apiGroup: string;
  readonly kind: string;
  readonly name: string;
}

/** A Role is one of the same baseline, under its own prefixed name; a ClusterRole is the cluster's. */
export const roleRefOf = ({ roleRef: { kind, name } }: RoleBindingSpec): RoleRef => ({
  apiGroup: RBAC_GROUP,
  kind,
  name: kind === 'Role' ? roleName(name) : name,
});

/**
 * The name carries a hash of the roleRef, which cannot be changed in place: another roleRef is another binding, written
 * before the old one goes (DESIGN §2.1, make before break).
 */
export function bindingName(binding: RoleBindingSpec): string {
  const { kind, name } = roleRefOf(binding);
  return boundedName(`${NAME_PREFIX}${binding.name}-${hash32(`${kind}/${name}`)}`);
}

import type { AuditEvent } from '../event.ts';

/** One right as RBAC asks for it; the object's name is kept beside it, because a rule may or may not say it. */
export type Permission =
  | {
      readonly type: 'resource';
      readonly verb: string;
      /** `''`: the core group. */
      readonly group: string;
      /** With its subresource, as rules spell it: `pods/log`. */
      readonly resource: string;
      /** `''`: of the cluster, or of all namespaces. */
      readonly namespace: string;
    }
  | { readonly type: 'path'; readonly verb: string; readonly path: string };

/** What an event's request was checked for before anything else. */
export function permissionOf({ verb, target }: Pick<AuditEvent, 'verb' | 'target'>): Permission {
  if (target.type === 'path') return { type: 'path', verb, path: target.path };
  const { group, resource, subresource, namespace } = target;
  return {
    type: 'resource',
    verb,
    group,
    resource: subresource === '' ? resource : `${resource}/${subresource}`,
    namespace,
  };
}

/**
 * The name that the authorizer was asked about. A create and a deletecollection have none in their path: the event of a
 * create has the name of the object that was sent, which no rule with resourceNames would match. A create of a
 * subresource (`pods/eviction`, `serviceaccounts/token`) has its parent's.
 */
export function nameOf({ verb, target }: Pick<AuditEvent, 'verb' | 'target'>): string {
  if (target.type === 'path' || verb === 'deletecollection') return '';
  return verb === 'create' && target.subresource === '' ? '' : target.name;
}

/** One string for each permission, for maps. */
export const permissionKey = (permission: Permission): string =>
  JSON.stringify(
    permission.type === 'path'
      ? [permission.verb, permission.path]
      : [permission.verb, permission.group, permission.resource, permission.namespace],
  );

/** For people: `list deployments.apps in payments`. */
export function describePermission(permission: Permission): string {
  if (permission.type === 'path') return `${permission.verb} ${permission.path}`;
  const { verb, namespace } = permission;
  return `${verb} ${describeResource(permission)} ${namespace === '' ? 'of the cluster' : `in ${namespace}`}`;
}

/** `pods/log`, `deployments.apps/scale`. */
export function describeResource({ group, resource }: { readonly group: string; readonly resource: string }): string {
  const [name, ...subresource] = resource.split('/');
  return [group === '' ? name : `${name}.${group}`, ...subresource].join('/');
}

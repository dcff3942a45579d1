import type { KubeObject } from '../../../src/k8s/object.ts';
import type { Json } from './json.ts';

/**
 * What Roles and RoleBindings of one namespace grant, request by request, as the RBAC authorizer decides it
 * (plugin/pkg/auth/authorizer/rbac, evaluation_helpers.go); written a second time, so that it can judge src/core.
 */
export interface Request {
  /** `Group team-a`, `ServiceAccount payments/default`. */
  readonly subject: string;
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly name: string;
}

const has = (list: readonly string[] | undefined, item: string): boolean =>
  list !== undefined && (list.includes(item) || list.includes('*'));

/** Whether a rule of a role lets somebody do it. */
export const isGrantedBy = (rule: Json, { verb, group, resource, name }: Omit<Request, 'subject'>): boolean =>
  has(rule.verbs, verb) &&
  has(rule.apiGroups, group) &&
  (has(rule.resources, resource) ||
    (resource.includes('/') && rule.resources?.includes(`*/${resource.split('/')[1]}`))) &&
  ((rule.resourceNames ?? []).length === 0 || rule.resourceNames.includes(name));

export const subjectName = ({ kind, namespace, name }: Json): string =>
  kind === 'ServiceAccount' ? `${kind} ${namespace}/${name}` : `${kind} ${name}`;

/** The rights that the objects of a namespace hand out. What a ClusterRole grants is `grants a ClusterRole by name`. */
export function isGranted(objects: readonly KubeObject[], request: Request): boolean {
  const roles = new Map<string, Json>(
    objects.filter(({ kind }) => kind === 'Role').map((role: Json) => [role.metadata.name, role]),
  );
  return objects
    .filter(({ kind }) => kind === 'RoleBinding')
    .some((binding: Json) => {
      const isBound = (binding.subjects ?? []).some((subject: Json) => subjectName(subject) === request.subject);
      const { kind, name } = binding.roleRef;
      if (!isBound) return false;
      if (kind === 'ClusterRole') return request.resource === `clusterrole:${name}`;
      return (roles.get(name)?.rules ?? []).some((rule: Json) => isGrantedBy(rule, request));
    });
}

/** Every request of a small world, by everybody whom a binding names. */
export function requestsOf(objects: readonly KubeObject[]): readonly Request[] {
  const bindings: readonly Json[] = objects.filter(({ kind }) => kind === 'RoleBinding');
  const subjects = new Set(bindings.flatMap(({ subjects: all }) => (all ?? []).map(subjectName)));
  const clusterRoles = bindings.map(({ roleRef }) => `clusterrole:${roleRef.name}`);
  return [...subjects].flatMap((subject) =>
    ['get', 'watch', 'patch', 'delete', 'newverb'].flatMap((verb) =>
      ['', 'apps', 'networking.k8s.io'].flatMap((group) =>
        [...RESOURCES, ...clusterRoles].flatMap((resource) =>
          ['a', 'newname'].map((name) => ({ subject, verb, group, resource, name })),
        ),
      ),
    ),
  );
}

const RESOURCES = ['pods', 'pods/log', 'deployments', 'deployments/scale', 'namespaces', 'networkpolicies', 'newone'];

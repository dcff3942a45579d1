/** The binding that the RBAC authorizer says it allowed a request by, and the role it refers to. */
export interface AllowedBy {
  readonly binding: {
    readonly kind: 'RoleBinding' | 'ClusterRoleBinding';
    readonly namespace: string;
    readonly name: string;
  };
  readonly role: { readonly kind: 'Role' | 'ClusterRole'; readonly name: string };
  /** `Group`, `User` or `ServiceAccount`, and its name: what of the requester the binding names. */
  readonly subject: { readonly kind: string; readonly name: string };
}

const REASON =
  /^RBAC: allowed by (RoleBinding|ClusterRoleBinding) "([^"\\/]+)(?:\/([^"\\/]+))?" of (Role|ClusterRole) "([^"\\]+)" to (User|Group|ServiceAccount) "([^"\\]+)"$/;

/**
 * Reads the annotation `authorization.k8s.io/reason` (plugin/pkg/auth/authorizer/rbac). Undefined where another
 * authorizer allowed it, or nobody needed to (system:masters, nodes). Only the first binding that allows a request is
 * named, ClusterRoleBindings before RoleBindings: others that would have done as well look unused.
 */
export function allowedBy(reason: string): AllowedBy | undefined {
  const [, binding, name, namespace, role, roleName, subject, subjectName] = REASON.exec(reason) ?? [];
  if (name === undefined || roleName === undefined || subject === undefined || subjectName === undefined)
    return undefined;
  return {
    binding: { kind: binding as AllowedBy['binding']['kind'], namespace: namespace ?? '', name },
    role: { kind: role as AllowedBy['role']['kind'], name: roleName },
    subject: { kind: subject, name: subjectName },
  };
}

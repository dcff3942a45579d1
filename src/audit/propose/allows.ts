import type { PolicyRule } from '../../k8s/policyRule.ts';
import type { Permission } from '../usage/permission.ts';

/**
 * Whether a rule allows one request, in whatever scope it was granted: `RuleAllows` of plugin/pkg/auth/authorizer/rbac.
 * `name` is the object's, `''` where the request has none; a rule with resourceNames never allows that.
 */
export function allows(rule: PolicyRule, permission: Permission, name: string): boolean {
  if (!hasOrAll(rule.verbs, permission.verb)) return false;
  if (permission.type === 'path') return (rule.nonResourceURLs ?? []).some((url) => matchesUrl(url, permission.path));
  const names = rule.resourceNames ?? [];
  return (
    hasOrAll(rule.apiGroups, permission.group) &&
    matchesResource(rule.resources ?? [], permission.resource) &&
    (names.length === 0 || names.includes(name))
  );
}

const hasOrAll = (allowed: readonly string[] | undefined, item: string): boolean =>
  (allowed ?? []).includes('*') || (allowed ?? []).includes(item);

// A star is everything, a star and a subresource that subresource of everything.
function matchesResource(allowed: readonly string[], resource: string): boolean {
  if (hasOrAll(allowed, resource)) return true;
  const slash = resource.indexOf('/');
  return slash >= 0 && allowed.includes(`*/${resource.slice(slash + 1)}`);
}

const matchesUrl = (allowed: string, path: string): boolean =>
  allowed === path || (allowed.endsWith('*') && path.startsWith(allowed.replace(/\*+$/, '')));

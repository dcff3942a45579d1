import type { PolicyRule } from '../policyRule.ts';
import { hasOrAll, matchesResource, matchesUrl } from './ruleMatches.ts';

/** What RBAC is asked about, without the object's name and the scope. */
export type AskedRight =
  | {
      readonly type: 'resource';
      readonly verb: string;
      /** `''`: the core group. */
      readonly group: string;
      /** With its subresource, as rules spell it: `pods/log`. */
      readonly resource: string;
    }
  | { readonly type: 'path'; readonly verb: string; readonly path: string };

/**
 * Whether a rule allows one request, in whatever scope it was granted: `RuleAllows` of plugin/pkg/auth/authorizer/rbac.
 * `name` is the object's, `''` where the request has none; a rule with resourceNames never allows that.
 */
export function allows(rule: PolicyRule, asked: AskedRight, name: string): boolean {
  if (!hasOrAll(rule.verbs, asked.verb)) return false;
  if (asked.type === 'path') return (rule.nonResourceURLs ?? []).some((url) => matchesUrl(url, asked.path));
  const names = rule.resourceNames ?? [];
  return (
    hasOrAll(rule.apiGroups, asked.group) &&
    matchesResource(rule.resources, asked.resource) &&
    (names.length === 0 || names.includes(name))
  );
}

import type { SeenNames } from '../identities.ts';
import type { Lint } from '../lint.ts';
import type { AuditRule } from '../policy.ts';

const MAX_NAMED = 5;

/**
 * Audit comes before impersonation in the server's chain (apiserver/pkg/server/config.go, DefaultBuildHandlerChain). No name
 * says of itself that it cannot authenticate: a client certificate may carry any. So this rests on events.
 */
export const impersonatedOnly: Lint = {
  id: 'impersonated-only',
  severity: 'warning',
  summary: 'A user or group that events know only as impersonated, while rules match who authenticated.',
  check: ({ rules }, { identities }) => {
    if (identities === undefined) return [];
    return rules.flatMap((rule, index) => {
      // A rule that hides requests of a user would itself be why none was seen.
      if (rule.level === 'None') return [];
      return [
        ...found(rule, 'users', identities.users, `rules[${index}]`),
        ...found(rule, 'userGroups', identities.groups, `rules[${index}]`),
      ];
    });
  },
};

const found = (rule: AuditRule, field: 'users' | 'userGroups', seen: SeenNames, path: string) =>
  rule[field].flatMap((name, at) => {
    const by = [...(seen.impersonated.get(name) ?? [])].sort();
    if (by.length === 0 || seen.authenticated.has(name)) return [];
    const more = by.length > MAX_NAMED ? ` and ${by.length - MAX_NAMED} more` : '';
    const message = `${name} was seen only as somebody whom others impersonate, and matches none of these requests: rules are about who authenticated. Name those: ${by.slice(0, MAX_NAMED).join(', ')}${more}`;
    return [{ path: `${path}.${field}[${at}]`, message }];
  });

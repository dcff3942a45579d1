import { scopeOf } from '../builtinKinds.ts';
import type { Lint } from '../lint.ts';
import type { AuditRule } from '../policy.ts';

/** What the server serves for all namespaces of a kind at once. */
const OVER_ALL: readonly string[] = ['list', 'watch'];

export const wrongScope: Lint = {
  id: 'wrong-scope',
  severity: 'error',
  summary: 'A kind of the cluster in a namespace, or one of namespaces outside of any: the rule matches nothing of it.',
  check: ({ rules }) =>
    rules.flatMap((rule, index) =>
      rule.resources.flatMap(({ group, resources }, at) =>
        resources.flatMap((name, position) => {
          const message = wrong(rule, group, name);
          return message === undefined
            ? []
            : [{ path: `rules[${index}].resources[${at}].resources[${position}]`, message }];
        }),
      ),
    ),
};

function wrong({ namespaces, verbs }: AuditRule, group: string, name: string): string | undefined {
  const [resource = ''] = name.split('/');
  // The namespace of a request for a Namespace is that one itself (requestinfo.go).
  if (namespaces.length === 0 || (group === '' && resource === 'namespaces')) return undefined;
  const scope = scopeOf(group, resource);
  if (scope === 'cluster' && !namespaces.includes('')) {
    return `${name} are in no namespace, and none of their requests matches: leave namespaces out, or name "" among them`;
  }
  const isOutside = namespaces.every((one) => one === '') && verbs.length > 0;
  if (scope !== 'namespaced' || !isOutside || verbs.some((verb) => OVER_ALL.includes(verb))) return undefined;
  return `"" means the cluster and lists of all namespaces, and ${verbs.join(', ')} of ${name} is neither: leave namespaces out, or name those that are meant`;
}

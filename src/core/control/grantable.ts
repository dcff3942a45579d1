import { GROUP } from '../../api/names.ts';
import type { PolicyRule } from '../../k8s/policyRule.ts';

/** Why a rule is never handed out, whatever is grantable (THREATS 9); the schema refuses the same before. */
export function neverGrantable(rule: PolicyRule): string | undefined {
  const verb = rule.verbs.find(isEscalation);
  if (verb !== undefined) return `the verb ${verb} hands out more than itself`;
  const all = [...rule.verbs, ...(rule.apiGroups ?? []), ...(rule.resources ?? []), ...(rule.nonResourceURLs ?? [])];
  if (all.some((item) => item.includes('*'))) return 'a wildcard also covers what does not exist yet';
  const writes = rule.verbs.filter((name) => !READ_VERBS.includes(name));
  const guarded = guardedResource(rule);
  return writes.length > 0 && guarded !== undefined
    ? `${writes.join(', ')} on ${guarded} would let its holder undo the baseline`
    : undefined;
}

const READ_VERBS: readonly string[] = ['get', 'list', 'watch'];

/** Also `impersonate:user-info` and `impersonate-on:…` of constrained impersonation (KEP-5284). */
const isEscalation = (verb: string): boolean =>
  verb === 'bind' || verb === 'escalate' || verb.startsWith('impersonate');

/** What upholds the baseline; writing it is undoing it. `*` stands for every resource of the group. */
const GUARDED: readonly { readonly groups: readonly string[]; readonly resources: readonly string[] }[] = [
  { groups: [''], resources: ['namespaces'] },
  { groups: ['networking.k8s.io', 'extensions'], resources: ['networkpolicies'] },
  {
    groups: ['rbac.authorization.k8s.io'],
    resources: ['roles', 'rolebindings', 'clusterroles', 'clusterrolebindings'],
  },
  { groups: [GROUP], resources: ['*'] },
];

/** The first guarded resource a rule names, subresources included. */
function guardedResource(rule: PolicyRule): string | undefined {
  for (const { groups, resources } of GUARDED) {
    const group = (rule.apiGroups ?? []).find((name) => groups.includes(name));
    if (group === undefined) continue;
    const hit = (rule.resources ?? []).find(
      (name) => resources.includes('*') || resources.includes(name.split('/')[0] ?? ''),
    );
    if (hit !== undefined) return group === '' ? hit : `${hit}.${group}`;
  }
  return undefined;
}

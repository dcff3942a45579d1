import { GROUP } from '../../api/names.ts';
import type { PolicyRule } from '../../k8s/policyRule.ts';
import { hasOrAll, matchesResource, matchesUrl } from '../../k8s/rbac/ruleMatches.ts';

/**
 * Whether the rules of one owner allow everything that `rule` allows: a port of `Covers` in
 * k8s.io/component-helpers/auth/rbac/validation, by which the API server refuses escalation. As there, each atom of verb,
 * group, resource and name must be covered by a single owner rule.
 */
export const covers = (owner: readonly PolicyRule[], rule: PolicyRule): boolean =>
  atomsOf(rule).every((atom) => owner.some((ownerRule) => coversAtom(ownerRule, atom)));

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

/** One verb on one thing. */
interface Atom {
  readonly verb: string;
  readonly group?: string;
  readonly resource?: string;
  readonly name?: string;
  readonly url?: string;
}

/** `BreakdownRule`. */
function atomsOf(rule: PolicyRule): readonly Atom[] {
  const names: readonly (string | undefined)[] = isEmpty(rule.resourceNames) ? [undefined] : (rule.resourceNames ?? []);
  const resources = (rule.apiGroups ?? []).flatMap((group) =>
    (rule.resources ?? []).flatMap((resource) =>
      rule.verbs.flatMap((verb) =>
        names.map((name) => (name === undefined ? { verb, group, resource } : { verb, group, resource, name })),
      ),
    ),
  );
  const urls = (rule.nonResourceURLs ?? []).flatMap((url) => rule.verbs.map((verb) => ({ verb, url })));
  return [...resources, ...urls];
}

/** `ruleCovers`. What the atom does not have (a group, a resource, a URL) any owner covers. */
function coversAtom(owner: PolicyRule, atom: Atom): boolean {
  const { verb, group, resource, name, url } = atom;
  return (
    hasOrAll(owner.verbs, verb) &&
    (group === undefined || hasOrAll(owner.apiGroups, group)) &&
    (resource === undefined || matchesResource(owner.resources, resource)) &&
    (url === undefined || (owner.nonResourceURLs ?? []).some((ownerUrl) => matchesUrl(ownerUrl, url))) &&
    // A rule for some names never covers all names.
    (isEmpty(owner.resourceNames) || (name !== undefined && (owner.resourceNames ?? []).includes(name)))
  );
}

const isEmpty = (items: readonly string[] | undefined): boolean => items === undefined || items.length === 0;

import type { PolicyRule } from '../policyRule.ts';
import { hasOrAll, matchesResource, matchesUrl } from './ruleMatches.ts';

/**
 * Whether the rules of one owner allow everything that `rule` allows: a port of `Covers` in
 * k8s.io/component-helpers/auth/rbac/validation, by which the API server refuses escalation. As there, each atom of verb,
 * group, resource and name must be covered by a single owner rule.
 */
export const covers = (owner: readonly PolicyRule[], rule: PolicyRule): boolean =>
  atomsOf(rule).every((atom) => owner.some((ownerRule) => coversAtom(ownerRule, atom)));

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

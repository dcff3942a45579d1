import type { AuditedRequest } from './match.ts';
import { matchesGroup, matchesPath } from './match.ts';
import type { AuditRule, GroupResources } from './policy.ts';

/**
 * The first thing in a rule that keeps it from a request, for people: `its verbs are get, list`. Undefined where nothing
 * does, which is where `matches` is true.
 */
export function mismatch(rule: AuditRule, request: AuditedRequest): string | undefined {
  const { user, verb, target } = request;
  if (rule.users.length > 0 && !(user !== undefined && rule.users.includes(user.name))) {
    return user === undefined ? 'it is about users, and nobody authenticated' : `its users are ${listed(rule.users)}`;
  }
  if (rule.userGroups.length > 0 && !user?.groups.some((group) => rule.userGroups.includes(group))) {
    return user === undefined
      ? 'it is about groups of users, and nobody authenticated'
      : `its userGroups are ${listed(rule.userGroups)}, and the user's are ${listed(user.groups)}`;
  }
  if (rule.verbs.length > 0 && !rule.verbs.includes(verb)) return `its verbs are ${listed(rule.verbs)}`;
  if (rule.namespaces.length > 0 || rule.resources.length > 0) {
    return target.type === 'resource' ? resourceMismatch(rule, target) : 'it is about resources, and this is a path';
  }
  if (rule.nonResourceURLs.length === 0) return undefined;
  if (target.type === 'resource') return 'it is about paths that are no resources';
  return rule.nonResourceURLs.some((url) => matchesPath(url, target.path))
    ? undefined
    : `its nonResourceURLs are ${listed(rule.nonResourceURLs)}`;
}

type Resource = Extract<AuditedRequest['target'], { type: 'resource' }>;

function resourceMismatch({ namespaces, resources }: AuditRule, target: Resource): string | undefined {
  if (namespaces.length > 0 && !namespaces.includes(target.namespace)) {
    return `its namespaces are ${listed(namespaces.map((one) => (one === '' ? 'none ("")' : one)))}`;
  }
  if (resources.length === 0 || resources.some((one) => matchesGroup(one, target))) return undefined;
  const named = resources.find((one) => matchesGroup({ ...one, resourceNames: [] }, target));
  return named === undefined
    ? `its resources are ${listed(resources.map(resourcesText))}`
    : `its resourceNames are ${listed(named.resourceNames)}`;
}

/** `pods, services of the core group`. */
function resourcesText({ group, resources }: GroupResources): string {
  const of = group === '' ? 'of the core group' : group === '*' ? 'of any group' : `of ${group}`;
  return `${resources.length === 0 ? 'all' : resources.join(' and ')} ${of}`;
}

const MAX_LISTED = 6;

const listed = (values: readonly string[]): string =>
  values.length <= MAX_LISTED
    ? values.join(', ')
    : `${values.slice(0, MAX_LISTED).join(', ')} and ${values.length - MAX_LISTED} more`;

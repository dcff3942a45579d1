import type { PolicyRule } from '../policyRule.ts';
import { asPlainVerb } from './escalationPath.ts';
import { ESCALATION_PATHS } from './escalationPaths.ts';

/**
 * A rule without what no escalation path tells apart: of all verbs, groups, resources and names that no path mentions one
 * each is enough. Whatever somebody wrote, what is left has a hundred entries at most, in one pass (THREATS 6).
 */
export const narrowed = (rule: PolicyRule): PolicyRule => ({
  verbs: few(rule.verbs, (verb) => VERBS.has(verb), asPlainVerb),
  apiGroups: few(rule.apiGroups, (group) => GROUPS.has(group)),
  resources: few(rule.resources, (resource) => RESOURCES.has(resource)),
  resourceNames: few(rule.resourceNames, (name) => NAMES.has(name)),
});

const valuesOf = (pick: (path: (typeof ESCALATION_PATHS)[number]) => readonly string[]): ReadonlySet<string> =>
  new Set(['*', ...ESCALATION_PATHS.flatMap(pick)]);

const VERBS = valuesOf(({ verbs }) => verbs ?? []);
const GROUPS = valuesOf(({ group }) => (group === undefined ? [] : [group]));
/** With those that live in a namespace although their path names none; see clusterScoped.ts. */
const RESOURCES = valuesOf(({ resources }) => [
  'baselinereports',
  'roles',
  'serviceaccounts',
  ...(resources ?? []).flatMap((resource) =>
    resource.includes('/') ? [resource, `*/${resource.split('/')[1]}`] : [resource],
  ),
]);
const NAMES = valuesOf(({ names }) => names ?? []);

/** The known items, each once, and one for each kind of unknown ones. */
function few(
  items: readonly string[] | undefined,
  isKnown: (item: string) => boolean,
  classOf: (item: string) => string = () => '',
): readonly string[] {
  const kept = new Map<string, string>();
  for (const item of items ?? []) {
    const plain = classOf(item);
    const key = isKnown(item) ? `=${item}` : isKnown(plain) ? `~${plain}` : '';
    if (!kept.has(key)) kept.set(key, item);
  }
  return [...kept.values()];
}

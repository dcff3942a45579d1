import type { PolicyRule } from '../policyRule.ts';
import { namespacedResources } from './clusterScoped.ts';
import { ESCALATION_PATHS } from './escalationPaths.ts';
import { narrowed } from './narrowed.ts';
import { ruleOpens } from './ruleOpens.ts';

/**
 * What rules come to, as ids in order: those of escalation paths, `wildcards`, and `everything` for all verbs on all
 * resources of all groups. By a RoleBinding, and by a ClusterRoleBinding.
 */
export interface GrantedRights {
  readonly inNamespace: readonly string[];
  readonly inCluster: readonly string[];
}

export const WILDCARDS = 'wildcards';
export const EVERYTHING = 'everything';

/** Of the rules of a Role or a ClusterRole. */
export function rightsOf(rules: readonly PolicyRule[]): GrantedRights {
  const opened = { inNamespace: new Set<string>(), inCluster: new Set<string>() };
  for (const rule of rules) {
    for (const id of wildcardsIn(rule)) opened.inCluster.add(id);
    for (const id of wildcardsIn({ ...rule, nonResourceURLs: [] })) opened.inNamespace.add(id);
    const few = narrowed(rule);
    for (const path of ESCALATION_PATHS) {
      if (!opened.inCluster.has(path.id) && ruleOpens(path, few, path.resources)) opened.inCluster.add(path.id);
      if (opened.inNamespace.has(path.id)) continue;
      if (ruleOpens(path, few, namespacedResources(path))) opened.inNamespace.add(path.id);
    }
  }
  return { inNamespace: [...opened.inNamespace].sort(), inCluster: [...opened.inCluster].sort() };
}

/** Those of `inNamespace` that a binding in this namespace gives: some paths are about objects of one namespace alone. */
export const rightsIn = (namespace: string, ids: readonly string[]): readonly string[] =>
  ids.filter((id) => (ONLY_IN.get(id) ?? namespace) === namespace);

const ONLY_IN: ReadonlyMap<string, string> = new Map(
  ESCALATION_PATHS.flatMap(({ id, namespace }) => (namespace === undefined ? [] : [[id, namespace] as const])),
);

/** The rights of several roles together, as a ClusterRole that aggregates them has. */
export const unionRights = (rights: readonly GrantedRights[]): GrantedRights => ({
  inNamespace: [...new Set(rights.flatMap(({ inNamespace }) => inNamespace))].sort(),
  inCluster: [...new Set(rights.flatMap(({ inCluster }) => inCluster))].sort(),
});

/** A path such as `/api/*` is a prefix, and no wildcard. */
function wildcardsIn({ verbs, apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] }: PolicyRule) {
  const [allVerbs, allGroups, allResources] = [verbs, apiGroups, resources].map((items) => items.includes('*'));
  const grantsResources = apiGroups.length > 0 && resources.length > 0;
  const some =
    (grantsResources && (allVerbs || allGroups || resources.some((resource) => resource.includes('*')))) ||
    (nonResourceURLs.length > 0 && (allVerbs || nonResourceURLs.includes('*')));
  const all = allVerbs && allGroups && allResources && resourceNames.length === 0;
  return [...(some ? [WILDCARDS] : []), ...(all ? [EVERYTHING] : [])];
}

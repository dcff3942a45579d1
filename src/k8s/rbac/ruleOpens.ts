import type { PolicyRule } from '../policyRule.ts';
import { allows } from './allows.ts';
import type { EscalationPath } from './escalationPath.ts';
import { asPlainVerb } from './escalationPath.ts';

/**
 * Whether some request of an escalation path is allowed by a rule, wildcards, subresources and resourceNames included.
 * `resources` are those of the path that the binding can grant; undefined: any.
 */
export function ruleOpens(path: EscalationPath, rule: PolicyRule, resources: readonly string[] | undefined): boolean {
  const groups = path.group === undefined ? (rule.apiGroups ?? []) : [path.group];
  return verbsOf(path, rule).some((verb) =>
    groups.some((group) =>
      (resources ?? mainResources(rule)).some((resource) =>
        namesFor(path, rule, verb, resource).some((name) =>
          allows(rule, { type: 'resource', verb, group, resource }, name),
        ),
      ),
    ),
  );
}

/** A path about any resource is about objects: a star and `/scale` in admission is nothing that anybody could use. */
const mainResources = ({ resources = [] }: PolicyRule): readonly string[] =>
  resources.filter((resource) => !resource.includes('/'));

/** The verbs of the path, and the constrained ones that stand for one of them. */
const verbsOf = ({ verbs }: EscalationPath, rule: PolicyRule): readonly string[] =>
  verbs === undefined
    ? rule.verbs
    : [...verbs, ...rule.verbs.filter((verb) => verb.includes(':') && verbs.includes(asPlainVerb(verb)))];

/**
 * The names that a request of the path can have. A create and a deletecollection have none, so that a rule with
 * resourceNames never allows them; a create of a subresource has its parent's. A list or watch of one object by field
 * selector has its name.
 */
function namesFor(path: EscalationPath, rule: PolicyRule, verb: string, resource: string): readonly string[] {
  const isNameless = verb === 'deletecollection' || (verb === 'create' && !resource.includes('/'));
  if (isNameless) return [''];
  return path.names ?? (rule.resourceNames?.length ? rule.resourceNames.slice(0, 1) : ['any']);
}

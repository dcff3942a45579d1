import { covers } from '../covers.ts';
import type { AuditRule } from '../policy.ts';

/** The same requests by rules that are about one verb, and one resource or one path, each. */
export const atomsOf = (rule: AuditRule): readonly AuditRule[] =>
  rule.verbs.length === 0
    ? targetsOf(rule)
    : rule.verbs.flatMap((verb) => targetsOf(rule).map((atom) => ({ ...atom, verbs: [verb] })));

function targetsOf(rule: AuditRule): readonly AuditRule[] {
  if (rule.resources.length > 0) {
    return rule.resources.flatMap((one) =>
      one.resources.length === 0
        ? [{ ...rule, resources: [one] }]
        : one.resources.map((name) => ({ ...rule, resources: [{ ...one, resources: [name] }] })),
    );
  }
  if (rule.namespaces.length > 0 || rule.nonResourceURLs.length === 0) return [rule];
  return rule.nonResourceURLs.map((url) => ({ ...rule, nonResourceURLs: [url] }));
}

/**
 * What of a rule no one of others takes all of; undefined where they take everything.
 * @param groups who is meant is in one of these too, if there are any
 */
export function leftOf(
  rule: AuditRule,
  groups: readonly string[],
  others: readonly AuditRule[],
): AuditRule | undefined {
  const isTaken = (atom: AuditRule): boolean => {
    const ofGroups = groups.length === 0 ? atom : { ...atom, userGroups: groups };
    return others.some((other) => covers(other, atom) || covers(other, ofGroups));
  };
  const left = atomsOf(rule).filter((atom) => !isTaken(atom));
  if (left.length === 0) return undefined;
  return {
    ...rule,
    verbs: distinct(left.flatMap(({ verbs }) => verbs)),
    resources: distinct(left.flatMap(({ resources }) => resources)),
    nonResourceURLs: distinct(left.flatMap(({ nonResourceURLs }) => nonResourceURLs)),
  };
}

const distinct = <T>(values: readonly T[]): readonly T[] => [
  ...new Map(values.map((value) => [JSON.stringify(value), value])).values(),
];

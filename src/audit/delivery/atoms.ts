import { covers } from '../covers.ts';
import type { AuditRule } from '../policy.ts';

/** The same requests by rules that are about one resource or one path each. */
export function atomsOf(rule: AuditRule): readonly AuditRule[] {
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
  const resources = left.flatMap((atom) => atom.resources);
  return { ...rule, resources, nonResourceURLs: left.flatMap((atom) => atom.nonResourceURLs) };
}

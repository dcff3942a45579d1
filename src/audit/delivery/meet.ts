import type { AuditRule, GroupResources } from '../policy.ts';

/**
 * What matches every request that both rules match; undefined where there is none. It may match some more, because nobody
 * can say "in a group of these and in one of those" in one rule. The level and the rest are those of `a`.
 */
export function meet(a: AuditRule, b: AuditRule): AuditRule | undefined {
  const users = common(a.users, b.users);
  const verbs = common(a.verbs, b.verbs);
  const target = meetTargets(a, b);
  if (users === undefined || verbs === undefined || target === undefined) return undefined;
  return { ...a, users, userGroups: a.userGroups.length > 0 ? a.userGroups : b.userGroups, verbs, ...target };
}

type Target = Pick<AuditRule, 'namespaces' | 'resources' | 'nonResourceURLs'>;

/** An empty list asks for nothing. */
function common(a: readonly string[], b: readonly string[]): readonly string[] | undefined {
  if (a.length === 0) return b;
  if (b.length === 0) return a;
  return someOf(a.filter((value) => b.includes(value)));
}

const someOf = <T>(values: readonly T[]): readonly T[] | undefined => (values.length === 0 ? undefined : values);

/** What it is about; a rule about resources has no say in paths, whatever stands there. */
function kindOf({ namespaces, resources, nonResourceURLs }: AuditRule): 'resources' | 'paths' | 'all' {
  if (namespaces.length + resources.length > 0) return 'resources';
  return nonResourceURLs.length > 0 ? 'paths' : 'all';
}

function meetTargets(a: AuditRule, b: AuditRule): Target | undefined {
  const kinds = [kindOf(a), kindOf(b)];
  if (kinds.includes('resources')) {
    if (kinds.includes('paths')) return undefined;
    const namespaces = common(a.namespaces, b.namespaces);
    const resources = meetLists(a.resources, b.resources, meetGroups);
    if (namespaces === undefined || resources === undefined) return undefined;
    return { namespaces, resources, nonResourceURLs: [] };
  }
  const nonResourceURLs = meetLists(a.nonResourceURLs, b.nonResourceURLs, meetUrls);
  return nonResourceURLs === undefined ? undefined : { namespaces: [], resources: [], nonResourceURLs };
}

/** Each with each, as an empty list asks for nothing. */
function meetLists<T>(
  a: readonly T[],
  b: readonly T[],
  each: (one: T, other: T) => T | undefined,
): readonly T[] | undefined {
  if (a.length === 0) return b;
  if (b.length === 0) return a;
  return someOf(a.flatMap((one) => b.flatMap((other) => each(one, other) ?? [])));
}

function meetGroups(a: GroupResources, b: GroupResources): GroupResources | undefined {
  if (a.group !== b.group && a.group !== '*' && b.group !== '*') return undefined;
  const group = a.group === '*' ? b.group : a.group;
  // Where no resource is named, names of objects mean nothing.
  if (a.resources.length === 0) return { ...withoutIdleNames(b), group };
  if (b.resources.length === 0) return { ...withoutIdleNames(a), group };
  const resourceNames = common(a.resourceNames, b.resourceNames);
  const resources = meetLists(a.resources, b.resources, meetResources);
  if (resourceNames === undefined || resources === undefined) return undefined;
  return { group, resources: [...new Set(resources)], resourceNames };
}

const withoutIdleNames = (one: GroupResources): GroupResources =>
  one.resources.length === 0 ? { ...one, resourceNames: [] } : one;

/** `pods/*` is pods and all below it; a star before a slash is any resource, and one alone is everything. */
function meetResources(a: string, b: string): string | undefined {
  if (a === b || b === '*') return a;
  if (a === '*') return b;
  return within(a, b) ?? within(b, a);
}

function within(wide: string, narrow: string): string | undefined {
  const [resource = '', subresource] = wide.split('/');
  const [ofResource, ofSub] = narrow.split('/');
  if (subresource === '*' && resource === ofResource) return narrow;
  if (subresource === '*' && ofResource === '*' && ofSub !== undefined) return `${resource}/${ofSub}`;
  return resource === '*' && subresource !== undefined && subresource === ofSub ? narrow : undefined;
}

function meetUrls(a: string, b: string): string | undefined {
  if (a === b || b === '*') return a;
  if (a === '*') return b;
  if (isBelow(a, b)) return a;
  return isBelow(b, a) ? b : undefined;
}

const isBelow = (url: string, pattern: string): boolean =>
  pattern.endsWith('*') && url.replace(/\*+$/, '').startsWith(pattern.replace(/\*+$/, ''));

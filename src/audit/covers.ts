import type { AuditRule, GroupResources } from './policy.ts';

/**
 * Whether every request that `b` matches is one that `a` matches too. Sound, not complete: what it says holds for all
 * requests, and where it cannot tell it says no.
 */
export const covers = (a: AuditRule, b: AuditRule): boolean =>
  includes(a.users, b.users) &&
  includes(a.userGroups, b.userGroups) &&
  includes(a.verbs, b.verbs) &&
  coversTarget(a, b);

/** An empty list asks for nothing. */
const includes = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === 0 || (b.length > 0 && b.every((value) => a.includes(value)));

const isOfResources = ({ namespaces, resources }: AuditRule): boolean => namespaces.length + resources.length > 0;

function coversTarget(a: AuditRule, b: AuditRule): boolean {
  if (isOfResources(a)) return isOfResources(b) && includes(a.namespaces, b.namespaces) && coversResources(a, b);
  if (a.nonResourceURLs.length === 0) return true;
  return (
    !isOfResources(b) &&
    b.nonResourceURLs.length > 0 &&
    b.nonResourceURLs.every((url) => a.nonResourceURLs.some((pattern) => coversUrl(pattern, url)))
  );
}

const coversResources = (a: AuditRule, b: AuditRule): boolean =>
  a.resources.length === 0 ||
  (b.resources.length > 0 && b.resources.every((one) => a.resources.some((other) => coversGroup(other, one))));

function coversGroup(a: GroupResources, b: GroupResources): boolean {
  if (a.group !== '*' && a.group !== b.group) return false;
  if (a.resources.length === 0) return true;
  return (
    b.resources.length > 0 &&
    includes(a.resourceNames, b.resourceNames) &&
    b.resources.every((name) => a.resources.some((pattern) => coversName(pattern, name)))
  );
}

/** Both may hold stars: `pods/*` is all of pods, itself too. */
function coversName(a: string, b: string): boolean {
  if (a === '*' || a === b) return true;
  if (b === '*') return false;
  const [resource = '', subresource] = b.split('/');
  if (a === `${resource}/*` && resource !== '*') return true;
  return subresource !== undefined && subresource !== '*' && resource !== '*' && a === `*/${subresource}`;
}

function coversUrl(a: string, b: string): boolean {
  if (a === '*' || a === b) return true;
  return a.endsWith('*') && b !== '*' && b.replace(/\*+$/, '').startsWith(a.replace(/\*+$/, ''));
}

/** How the lists of a rule match (component-helpers/auth/rbac/validation and pkg/apis/rbac/v1/evaluation_helpers.go). */

export const hasOrAll = (allowed: readonly string[] | undefined, item: string): boolean =>
  (allowed ?? []).includes('*') || (allowed ?? []).includes(item);

/** A star is everything, a star and a subresource that subresource of everything; `pods/*` means nothing. */
export function matchesResource(allowed: readonly string[] | undefined, resource: string): boolean {
  if (hasOrAll(allowed, resource)) return true;
  const slash = resource.indexOf('/');
  return slash >= 0 && (allowed ?? []).includes(`*/${resource.slice(slash + 1)}`);
}

/** A trailing star is a prefix. */
export const matchesUrl = (allowed: string, path: string): boolean =>
  allowed === path || (allowed.endsWith('*') && path.startsWith(allowed.replace(/\*+$/, '')));

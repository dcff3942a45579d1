import type { AuditPolicy, AuditRule, GroupResources, Mistake } from './policy.ts';

/** `group: "*"` is read since 1.36; servers before it exit (kubernetes/kubernetes 6728d9492). */
const ANY_GROUP_SINCE = 36;
/** RFC 1123 subdomain, as apimachinery's NameIsDNSSubdomain. */
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const MAX_SUBDOMAIN = 253;

/**
 * What kube-apiserver of a minor version refuses in a policy that it can read: it exits then, and a static pod with it
 * (apiserver/pkg/apis/audit/validation). `minor`: 36 for 1.36.
 */
export const validatePolicy = ({ rules }: AuditPolicy, minor: number): readonly Mistake[] =>
  rules.flatMap((rule, index) => ruleMistakes(rule, `rules[${index}]`, minor));

function ruleMistakes(rule: AuditRule, path: string, minor: number): readonly Mistake[] {
  const urls = rule.nonResourceURLs.flatMap((url, index) => urlMistakes(url, `${path}.nonResourceURLs[${index}]`));
  const resources = rule.resources.flatMap((one, index) => resourceMistakes(one, `${path}.resources[${index}]`, minor));
  const isBoth = rule.nonResourceURLs.length > 0 && rule.resources.length + rule.namespaces.length > 0;
  const both = isBoth
    ? [
        {
          path: `${path}.nonResourceURLs`,
          message: 'it cannot stand beside resources or namespaces: make it two rules',
        },
      ]
    : [];
  return [...urls, ...resources, ...both];
}

function urlMistakes(url: string, path: string): readonly Mistake[] {
  if (url === '*') return [];
  const mistakes: Mistake[] = [];
  if (!url.startsWith('/'))
    mistakes.push({ path, message: `it must begin with a slash: write "/${url}", or "*" for all` });
  if (url.slice(0, -1).includes('*')) {
    mistakes.push({
      path,
      message: `a star can only be its last character: write "${url.slice(0, url.indexOf('*'))}*"`,
    });
  }
  return mistakes;
}

function resourceMistakes({ group, resources, resourceNames }: GroupResources, path: string, minor: number) {
  const mistakes: Mistake[] = [];
  if (group === '*' && minor < ANY_GROUP_SINCE) {
    mistakes.push({
      path: `${path}.group`,
      message: `"*" is read since 1.${ANY_GROUP_SINCE}: name the groups one by one`,
    });
  }
  if (group !== '' && group !== '*' && !(SUBDOMAIN.test(group) && group.length <= MAX_SUBDOMAIN)) {
    const [name = ''] = group.toLowerCase().split('/');
    mistakes.push({
      path: `${path}.group`,
      message: `it must be the name of an API group in lower case, without a version${SUBDOMAIN.test(name) ? `: write "${name}"` : ''}`,
    });
  }
  if (resourceNames.length > 0 && resources.length === 0) {
    mistakes.push({
      path: `${path}.resourceNames`,
      message: 'it needs resources beside it: name those that it is about',
    });
  }
  return mistakes;
}

import type { Lint } from '../lint.ts';
import type { AuditRule } from '../policy.ts';

/** All that apiserver/pkg/endpoints/request/requestinfo.go makes of a request for a resource; `''` is OPTIONS. */
const OF_RESOURCES = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection', 'proxy', ''];
/** A path is asked for by the HTTP method, in lower case. */
const OF_PATHS = ['get', 'head', 'post', 'put', 'patch', 'delete', 'options', 'connect', 'trace'];
/** What is asked of RBAC on the way, and never is a request. */
const RIGHTS = ['bind', 'escalate', 'impersonate', 'use', 'approve', 'sign', 'attest'];
const MEANT: Readonly<Record<string, string>> = {
  post: 'create',
  put: 'update',
  read: 'get',
  write: 'create, update, patch and delete',
  edit: 'update and patch',
  remove: 'delete',
};

export const unknownVerb: Lint = {
  id: 'unknown-verb',
  severity: 'error',
  summary: 'A verb that no request has: a right, an HTTP method where a resource is asked for, or a typo.',
  check: ({ rules }) =>
    rules.flatMap((rule, index) => {
      const known = verbsOf(rule);
      return rule.verbs.flatMap((verb, at) => {
        if (verb.includes('*') || known.includes(verb)) return [];
        return [
          { path: `rules[${index}].verbs[${at}]`, message: `no request has the verb "${verb}": ${hint(verb, known)}` },
        ];
      });
    }),
};

function verbsOf({ namespaces, resources, nonResourceURLs }: AuditRule): readonly string[] {
  if (namespaces.length + resources.length > 0) return OF_RESOURCES;
  return nonResourceURLs.length > 0 ? OF_PATHS : [...OF_RESOURCES, ...OF_PATHS];
}

function hint(verb: string, known: readonly string[]): string {
  const lower = verb.toLowerCase();
  if (RIGHTS.includes(lower)) return 'it is a right that RBAC is asked for within another request. Leave it out';
  const meant = MEANT[lower];
  if (meant !== undefined && known === OF_RESOURCES) return `write ${meant}`;
  // Some are verbs of resources and methods too.
  const all = [...new Set(known)].filter((one) => one !== '');
  return known.includes(lower) ? `write ${lower}` : `known are ${all.join(', ')}`;
}

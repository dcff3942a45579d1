import type { AuditedRequest } from '../../src/audit/match.ts';
import type { AnyRequest } from './arbitraryPolicy.ts';
import { GROUPS } from './arbitraryPolicy.ts';

const ITEM_VERBS = { GET: 'get', POST: 'create', PUT: 'update', DELETE: 'delete' } as const;
const LIST_VERBS = { GET: 'list', POST: 'create', PUT: 'update', DELETE: 'deletecollection' } as const;

/** What the API server makes of a request before it audits it (apiserver/pkg/endpoints/request/requestinfo.go). */
export function auditedRequest({ user, method, path }: AnyRequest): AuditedRequest {
  const who = { name: user, groups: [...GROUPS[user], 'system:authenticated'] };
  const match =
    /^\/(?:api|apis\/(?<group>[^/]+))\/v1(?:\/namespaces\/(?<namespace>[^/]+))?\/(?<resource>[^/]+)(?:\/(?<name>[^/]+))?(?:\/(?<subresource>[^/]+))?$/.exec(
      path,
    );
  if (match?.groups === undefined) return { user: who, verb: 'get', target: { type: 'path', path } };
  const { group = '', namespace = '', resource = '', name = '', subresource = '' } = match.groups;
  const verb = (name === '' ? LIST_VERBS : ITEM_VERBS)[method];
  return { user: who, verb, target: { type: 'resource', group, namespace, resource, name, subresource } };
}

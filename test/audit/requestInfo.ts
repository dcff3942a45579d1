import type { AuditedRequest } from '../../src/audit/match.ts';
import { GROUPS } from './arbitraryPolicy.ts';
import type { AnyRequest } from './arbitraryRequest.ts';

const VERBS: Readonly<Record<string, string>> = {
  POST: 'create',
  GET: 'get',
  HEAD: 'get',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
};
const NAMESPACE_SUBRESOURCES = ['status', 'finalize'];

/** What the API server makes of a request before it audits it (apiserver/pkg/endpoints/request/requestinfo.go). */
export function auditedRequest({ who, method, path }: AnyRequest): AuditedRequest {
  const url = new URL(path, 'https://localhost');
  const info = targetOf(method, decodeURIComponent(url.pathname), url.searchParams);
  // A time-out that is none is refused before anybody authenticates (filters/request_deadline.go).
  const isRefusedEarly = url.searchParams.get('timeout') === 'bogus' && info.verb !== 'watch';
  return { ...info, user: isRefusedEarly ? undefined : userOf(who) };
}

function userOf(who: AnyRequest['who']): AuditedRequest['user'] {
  if (who === 'nobody') return { name: 'system:anonymous', groups: ['system:unauthenticated'] };
  if (who === 'mallory') return undefined;
  return { name: who, groups: [...GROUPS[who], 'system:authenticated'] };
}

type Info = Pick<AuditedRequest, 'verb' | 'target'>;

function targetOf(method: string, path: string, query: URLSearchParams): Info {
  const parts = path.split('/').filter((part, index, all) => part !== '' || (index > 0 && index < all.length - 1));
  const [prefix = '', ...rest] = parts;
  const isCore = prefix === 'api';
  if (!(isCore || prefix === 'apis') || rest.length < (isCore ? 2 : 3)) {
    return { verb: method.toLowerCase(), target: { type: 'path', path } };
  }
  const group = isCore ? '' : (rest[0] ?? '');
  const [first = '', ...more] = rest.slice(isCore ? 1 : 2);
  if (first === 'watch') return ofResource('watch', group, more, query);
  return ofResource(VERBS[method] ?? '', group, [first, ...more], query);
}

function ofResource(verb: string, group: string, parts: readonly string[], query: URLSearchParams): Info {
  const [first, second = '', third] = parts;
  const namespace = first === 'namespaces' ? second : '';
  const isWithin = first === 'namespaces' && third !== undefined && !NAMESPACE_SUBRESOURCES.includes(third);
  const [resource = '', name = '', subresource = ''] = isWithin ? parts.slice(2) : parts;
  if (name !== '' || !['get', 'delete'].includes(verb)) {
    return { verb, target: { type: 'resource', group, resource, subresource, namespace, name } };
  }
  const selected = /^metadata\.name=(.+)$/.exec(query.get('fieldSelector') ?? '')?.[1] ?? '';
  const watches = !['', '0', 'false'].includes(query.get('watch') ?? '');
  const of = (collectionVerb: string, selectedName: string): Info => ({
    verb: collectionVerb,
    target: { type: 'resource', group, resource, subresource, namespace, name: selectedName },
  });
  return verb === 'delete' ? of('deletecollection', '') : of(watches ? 'watch' : 'list', selected);
}

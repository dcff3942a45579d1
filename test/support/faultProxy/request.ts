import type { IncomingMessage } from 'node:http';
import type { ProxiedRequest, Verb } from './types.ts';

const VERBS: Readonly<Record<string, Verb>> = { POST: 'create', PUT: 'update', PATCH: 'patch', DELETE: 'delete' };
/** The only subresources of a Namespace; anything else under one is a collection in it. */
const OF_A_NAMESPACE: ReadonlySet<string> = new Set(['status', 'finalize']);

/** What a request is about, by its method and URL. */
export function proxiedRequestOf(message: Pick<IncomingMessage, 'method' | 'url' | 'headers'>): ProxiedRequest {
  const url = new URL(message.url ?? '/', 'https://server');
  const about = partsOf(url.pathname);
  return {
    ...about,
    verb: VERBS[message.method ?? 'GET'] ?? readVerb(url.searchParams, about.name),
    userAgent: message.headers['user-agent'] ?? '',
  };
}

const readVerb = (query: URLSearchParams, name: string): Verb => {
  if (query.get('watch') === 'true' || query.get('watch') === '1') return 'watch';
  return name === '' ? 'list' : 'get';
};

type Parts = Pick<ProxiedRequest, 'resource' | 'subresource' | 'namespace' | 'name'>;

function partsOf(pathname: string): Parts {
  const [root, ...rest] = pathname.split('/').slice(1).map(decodeURIComponent);
  const path = root === 'api' ? rest.slice(1) : root === 'apis' ? rest.slice(2) : [];
  const isInNamespace = path[0] === 'namespaces' && path.length > 2 && !OF_A_NAMESPACE.has(path[2] ?? '');
  const [resource = '', name = '', subresource = ''] = isInNamespace ? path.slice(2) : path;
  return { resource, subresource, name, namespace: isInNamespace ? (path[1] ?? '') : '' };
}

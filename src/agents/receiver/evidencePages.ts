import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Evidence } from '../../operator/evidence/evidence.ts';
import { MAX_IDS } from '../../operator/evidence/evidence.ts';

/** Of a request's address; the longest that is asked for is a hundred IDs. */
const MAX_URL_CHARACTERS = 12_000;

type Page = (query: URLSearchParams, evidence: Evidence) => Promise<unknown>;

/** `Evidence` over HTTP; evidenceClient.ts is its other end. */
const PAGES: Readonly<Record<string, Page>> = {
  '/v1/requests': async (query, evidence) => ({
    requests: await evidence.requests(query.getAll('auditId').slice(0, MAX_IDS)),
  }),
  '/v1/changes': async (query, evidence) => ({
    changes: await evidence.changes({
      group: query.get('group') ?? '',
      resource: query.get('resource') ?? '',
      namespace: query.get('namespace') ?? '',
      name: query.get('name') ?? '',
    }),
  }),
  '/v1/health': async (_, evidence) => evidence.health(),
};

/** GET alone, and only for callers that are known: who did what in a cluster is not for everybody. */
export function createEvidencePages(
  evidence: Evidence,
  isKnown: (request: IncomingMessage) => boolean,
): RequestListener {
  return (request, response) => {
    const url = request.url ?? '/';
    if (!isKnown(request)) return send(response, 401, { error: 'unauthorized' });
    if (request.method !== 'GET') return send(response, 405, { error: 'only GET' });
    if (url.length > MAX_URL_CHARACTERS) return send(response, 414, { error: 'the address is too long' });
    const [path = '', query = ''] = url.split('?', 2);
    const page = Object.hasOwn(PAGES, path) ? PAGES[path] : undefined;
    if (page === undefined) return send(response, 404, { error: 'not found' });
    page(new URLSearchParams(query), evidence).then(
      (body) => send(response, 200, body),
      (error) => send(response, 500, { error: error instanceof Error ? error.message : 'failed' }),
    );
  };
}

function send(response: ServerResponse, status: number, body: unknown): void {
  const text = `${JSON.stringify(body)}\n`;
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    ...(status === 401 ? { connection: 'close', 'www-authenticate': 'Bearer' } : {}),
  });
  response.end(text);
}

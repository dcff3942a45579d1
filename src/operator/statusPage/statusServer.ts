import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { ObjectIndex } from '../../k8s/objectIndex.ts';
import type { BindAddress } from '../bindAddress.ts';
import { listen } from '../bindAddress.ts';
import type { Ledger } from '../ledger.ts';
import { reportIn } from '../reportIn.ts';
import type { RunningServer } from '../server.ts';
import { PAGE, SCRIPT, STYLE } from './assets.ts';
import type { Live } from './live.ts';
import { createLive } from './live.ts';
import { baselineLines, cellOf } from './view.ts';
import type { Cell } from './wire.ts';

export interface StatusSources {
  readonly index: ObjectIndex;
  readonly ledger: Ledger;
  readonly leads: () => boolean;
}

const LOOPBACK = '127.0.0.1';
/** Names under which a browser on this machine, or at the other end of a port-forward, comes. */
const LOOPBACK_HOSTS = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i;
const NAMESPACE_PATH = '/api/namespaces/';

/** Nothing from elsewhere, nothing inline, in no frame; and nobody else's page may read it. */
const HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cache-control': 'no-store',
} as const;

interface Content {
  readonly type: string;
  readonly body: string;
}

const ASSETS: Readonly<Record<string, Content>> = {
  '/': { type: 'text/html; charset=utf-8', body: PAGE },
  '/page.js': { type: 'text/javascript; charset=utf-8', body: SCRIPT },
  '/page.css': { type: 'text/css; charset=utf-8', body: STYLE },
};

/**
 * Serves the status page: read-only, without a login, so on loopback unless another address is written out. There it
 * answers only to loopback's own names: a page of somebody else whose name resolves to 127.0.0.1 is not one (DNS rebinding).
 */
export async function serveStatusPage(bind: BindAddress, sources: StatusSources): Promise<RunningServer> {
  const host = bind.host ?? LOOPBACK;
  const live = liveOf(sources);
  const isOurs = LOOPBACK_HOSTS.test(host.includes(':') ? `[${host}]` : host)
    ? (name: string | undefined): boolean => LOOPBACK_HOSTS.test(name ?? '')
    : (): boolean => true;
  const server = createServer((request, response) => {
    for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
    if (isOurs(request.headers.host) && request.method === 'GET' && pathOf(request) === '/events') {
      follow(response, live);
    } else send(response, ...replyTo(request, isOurs, sources));
  });
  const address = await listen(server, { ...bind, host });
  return {
    address,
    close: () =>
      new Promise((resolve) => {
        live.close();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const pathOf = (request: IncomingMessage): string => (request.url ?? '/').split('?')[0] ?? '/';

function replyTo(
  request: IncomingMessage,
  isOurs: (host: string | undefined) => boolean,
  sources: StatusSources,
): [status: number, content: Content] {
  if (!isOurs(request.headers.host)) return [421, text('this page is served on loopback: use localhost')];
  if (request.method !== 'GET' && request.method !== 'HEAD') return [405, text('only GET')];
  const path = pathOf(request);
  const asset = Object.hasOwn(ASSETS, path) ? ASSETS[path] : undefined;
  if (asset !== undefined) return [200, asset];
  if (!path.startsWith(NAMESPACE_PATH)) return [404, text('not found')];
  return namespacePage(path.slice(NAMESPACE_PATH.length), sources);
}

function follow(response: ServerResponse, live: Live): void {
  response.setHeader('content-type', 'text/event-stream');
  if (!live.join(response)) send(response, 503, text('too many look already'));
}

/** What is known of a namespace: its cell, and its report as it is stored. */
function namespacePage(name: string, { index, ledger }: StatusSources): [number, Content] {
  const cell = cellOf(ledger, name);
  const report = reportIn(index, name)?.body.report;
  if (cell === undefined && report === undefined) return [404, json({ error: 'no baseline governs this namespace' })];
  return [200, json({ cell, report })];
}

const liveOf = ({ index, ledger, leads }: StatusSources): Live => {
  const baselines = () => baselineLines(index, ledger);
  const cell = (namespace: string) => cellOf(ledger, namespace);
  const cells = (): readonly Cell[] => [...ledger.namespaces()].map(cell).filter((one) => one !== undefined);
  return createLive({
    leads,
    baselines,
    cell,
    touched$: ledger.touched$,
    snapshot: () => ({ leads: leads(), baselines: baselines(), cells: cells() }),
  });
};

const text = (body: string): Content => ({ type: 'text/plain; charset=utf-8', body: `${body}\n` });
const json = (value: unknown): Content => ({ type: 'application/json', body: JSON.stringify(value) });

function send(response: ServerResponse, status: number, { type, body }: Content): void {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { ClusterAccess } from '../../src/kube/config.ts';
import { fingerprintOf } from '../../src/kube/config.ts';
import type { Answer, StatusOptions } from './fakeApiServer/answers.ts';
import { refusal, send } from './fakeApiServer/answers.ts';
import { answerObject } from './fakeApiServer/objects.ts';
import type { Route } from './fakeApiServer/route.ts';
import { routeOf } from './fakeApiServer/route.ts';
import type { Watches } from './fakeApiServer/watches.ts';
import { createWatches } from './fakeApiServer/watches.ts';
import type { World } from './fakeApiServer/world.ts';
import { createWorld } from './fakeApiServer/world.ts';

/** A request as it arrived. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: unknown;
}

/** What happens to a request instead of an answer. */
export type Fault =
  | ({ readonly type: 'status'; readonly status: number } & StatusOptions)
  | { readonly type: 'reset' }
  | { readonly type: 'hang' }
  | { readonly type: 'raw'; readonly status: number; readonly text: string };

/** An API server in this process: any kind, no validation, no admission. For what only a real one knows use that one. */
export interface FakeApiServer {
  readonly url: string;
  readonly requests: readonly SeenRequest[];
  readonly world: World;
  readonly watches: Watches;
  /** The next `times` requests that match meet the fault. */
  fail(matches: (request: SeenRequest) => boolean, fault: Fault, times?: number): void;
  /** Whether lists stream; else 422 as without the WatchList feature. */
  setStreamingList(on: boolean): void;
  /** TCP connections accepted so far. */
  accepted(): number;
  /** TCP connections open now. */
  open(): number;
  access(): ClusterAccess;
  close(): Promise<void>;
}

export interface FakeApiServerOptions {
  /** With these it speaks HTTPS. */
  readonly tls?: { readonly cert: string; readonly key: string };
}

export async function startFakeApiServer(options: FakeApiServerOptions = {}): Promise<FakeApiServer> {
  const world = createWorld();
  let streamingList = true;
  const watches = createWatches(world, () => streamingList);
  const requests: SeenRequest[] = [];
  const faults: { matches: (request: SeenRequest) => boolean; fault: Fault; left: number }[] = [];
  const sockets = new Set<Socket>();
  let accepted = 0;

  const listener: RequestListener = async (message, response) => {
    const request = await read(message);
    requests.push(request);
    const found = faults.find(({ matches, left }) => left > 0 && matches(request));
    if (found !== undefined) {
      found.left -= 1;
      misbehave(found.fault, response);
      return;
    }
    const route = routeOf(request.path);
    if (route !== undefined && request.query.get('watch') === 'true') watches.open(route, request.query, response);
    else send(response, route === undefined ? refusal(404, { reason: 'NotFound' }) : answer(world, route, request));
  };
  const server = options.tls === undefined ? createServer(listener) : createTlsServer(options.tls, listener);
  server.keepAliveTimeout = 60_000;
  server.on('connection', (socket) => {
    accepted += 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const url = `${options.tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`;
  return {
    url,
    requests,
    world,
    watches,
    fail: (matches, fault, times = 1) => faults.push({ matches, fault, left: times }),
    setStreamingList: (on) => {
      streamingList = on;
    },
    accepted: () => accepted,
    open: () => sockets.size,
    access: () => plainAccess(url),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** Access without credentials. */
export function plainAccess(server: string): ClusterAccess {
  const credentials = { headers: {}, tls: {}, fingerprint: fingerprintOf({}) };
  return { server, host: new URL(server).host, credentials: () => Promise.resolve(credentials) };
}

async function read(message: IncomingMessage): Promise<SeenRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  const url = new URL(message.url ?? '/', 'http://fake');
  return {
    method: message.method ?? '',
    path: url.pathname,
    query: url.searchParams,
    headers: message.headers,
    body: text === '' ? undefined : JSON.parse(text),
  };
}

function misbehave(fault: Fault, response: ServerResponse): void {
  if (fault.type === 'status') send(response, refusal(fault.status, fault));
  else if (fault.type === 'reset') response.destroy();
  else if (fault.type === 'raw') response.writeHead(fault.status).end(fault.text);
}

function answer(world: World, route: Route, request: SeenRequest): Answer {
  if (request.method !== 'GET' || route.name !== '') {
    return answerObject(world, route, request.method, (request.body ?? {}) as Record<string, unknown>);
  }
  const all = world.list(route.collection);
  const limit = Number(request.query.get('limit') ?? all.length);
  const from = Number(request.query.get('continue') ?? 0);
  // As the API server does, items of a list do not name their kind.
  const items = all.slice(from, from + limit).map(({ apiVersion: _, kind: __, ...item }) => item);
  const metadata = {
    resourceVersion: String(world.version()),
    ...(from + limit < all.length ? { continue: String(from + limit) } : {}),
  };
  return { status: 200, body: { kind: 'List', apiVersion: route.apiVersion, metadata, items } };
}

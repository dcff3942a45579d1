import type { Dispatcher } from 'undici';
import { Agent, request } from 'undici';
import { readKubeconfig } from './kubeconfig.ts';

export interface RequestOptions {
  /** Default: application/json; for PATCH application/merge-patch+json. */
  readonly contentType?: string;
  readonly query?: Readonly<Record<string, string | number | boolean>>;
  /** For the whole request. Default 15,000. */
  readonly timeoutMs?: number;
}

export interface KubeResponse {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: JSON of whatever was asked for, or text
  readonly body: any;
  /** What the server warned of (RFC 7234, warn-code 299). */
  readonly warnings: readonly string[];
}

/** HTTP to one API server as one user. */
export interface Transport {
  request(method: string, path: string, body?: unknown, options?: RequestOptions): Promise<KubeResponse>;
  /** GET whose body is read as it comes, for as long as it takes. */
  stream(path: string, signal: AbortSignal): Promise<Dispatcher.ResponseData>;
  /** The same connection pool with more headers. */
  withHeaders(headers: Readonly<Record<string, string | readonly string[]>>): Transport;
  close(): Promise<void>;
}

type Headers = Record<string, string | string[]>;

/** An API server takes seconds to compile the rules of a large CRD anew, and more on a busy machine. */
const TIMEOUT_MS = 45_000;
const CONNECTIONS = 64;

/** A transport with the server, authority and credentials of a kubeconfig. */
export function createTransport(kubeconfigPath: string): Transport {
  const access = readKubeconfig(kubeconfigPath);
  const connect = { ca: access.caPem, cert: access.certPem, key: access.keyPem };
  // HTTP/1.1: requests stay apart, so that one that hangs or is cut in a test hurts no other one.
  const dispatcher = new Agent({ connect, allowH2: false, connections: CONNECTIONS });
  // Watches keep their connection; from the pool above they would starve the requests.
  const watchDispatcher = new Agent({ connect, allowH2: false, bodyTimeout: 0 });
  const headers: Headers = access.token ? { authorization: `Bearer ${access.token}` } : {};
  return transport({ url: access.url, dispatcher, watchDispatcher, headers });
}

interface Connection {
  readonly url: string;
  readonly dispatcher: Agent;
  readonly watchDispatcher: Agent;
  readonly headers: Headers;
}

function transport({ url, dispatcher, watchDispatcher, headers }: Connection): Transport {
  return {
    async request(method, path, body, options = {}) {
      const contentType =
        options.contentType ?? (method === 'PATCH' ? 'application/merge-patch+json' : 'application/json');
      const response = await request(new URL(path, url), {
        method: method as Dispatcher.HttpMethod,
        query: options.query ?? {},
        headers: {
          accept: 'application/json',
          ...headers,
          ...(body === undefined ? {} : { 'content-type': contentType }),
        },
        body: body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body),
        signal: AbortSignal.timeout(options.timeoutMs ?? TIMEOUT_MS),
        dispatcher,
      });
      const text = await response.body.text();
      const isJson = `${response.headers['content-type']}`.startsWith('application/json');
      const warnings = [response.headers.warning ?? []].flat();
      return { status: response.statusCode, body: isJson ? JSON.parse(text) : text, warnings };
    },
    stream: (path, signal) => request(new URL(path, url), { headers, signal, dispatcher: watchDispatcher }),
    withHeaders: (more) =>
      transport({ url, dispatcher, watchDispatcher, headers: { ...headers, ...(more as Headers) } }),
    async close() {
      await Promise.all([dispatcher.destroy(), watchDispatcher.destroy()]);
    },
  };
}

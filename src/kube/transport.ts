import { createByteQueue } from './byteQueue.ts';
import type { ClusterAccess } from './config.ts';
import { createDispatchers } from './dispatchers.ts';
import { UnreachableError } from './errors.ts';
import type { Cancel } from './exchange.ts';
import type { ByteReader, KubeRequest } from './request.ts';
import type { Wire } from './send.ts';
import { DEFAULT_TIMEOUT_MS, send } from './send.ts';

export type { ByteReader, KubeRequest } from './request.ts';

/** For everything that needs no stream; what most of the program should ask for. */
export interface JsonTransport {
  /** `host:port`, for metrics. */
  readonly host: string;
  /** Fails with KubeError (an answer outside 2xx), UnreachableError, or the signal's reason. */
  json<T>(request: KubeRequest): Promise<T>;
}

/** Requests to one API server. A 401 is answered with fresh credentials, once. Nothing else is tried again. */
export interface Transport extends JsonTransport {
  /** A stream on a connection of its own; leaving the loop closes it. */
  stream(request: KubeRequest): Promise<AsyncIterable<Buffer>>;
  /**
   * As `stream`, by callbacks, so that no promise stands between the socket and the reader. `pooled` reads a finite
   * answer (a page of a list) on the connections that `json` uses.
   */
  follow(request: KubeRequest, reader: ByteReader, connection?: 'own' | 'pooled'): Cancel;
  /** Closes all connections at once; calls under way fail with code `CLOSED`. */
  close(): Promise<void>;
}

/** One answer, or the lack of one (`code` is `<error>`, as in client-go's rest_client_requests_total). */
export interface ResponseNote {
  readonly method: string;
  readonly host: string;
  readonly code: string;
}

export interface TransportOptions {
  /** Connections for short requests; default 16. Each stream has one of its own beside them. */
  readonly connections?: number;
  readonly userAgent?: string;
  /** Called once per answer; must not throw. */
  readonly onResponse?: (note: ResponseNote) => void;
}

export function createTransport(access: ClusterAccess, options: TransportOptions = {}): Transport {
  const { origin, pathname } = new URL(access.server);
  const dispatchers = createDispatchers(origin, options.connections ?? 16);
  let closed = false;
  const wire: Wire = {
    access,
    dispatchers,
    prefix: pathname.replace(/\/+$/, ''),
    userAgent: options.userAgent ?? 'drawbridge',
    note: (method, code) => options.onResponse?.({ method, host: access.host, code }),
    isClosed: () => closed,
  };
  return {
    host: access.host,
    json: <T>(request: KubeRequest) => json<T>(wire, request),
    stream: (request) => stream(wire, request),
    follow: (request, reader, connection = 'own') => send(wire, request, reader, { connection }),
    close: async () => {
      closed = true;
      await dispatchers.destroy();
    },
  };
}

function json<T>(wire: Wire, request: KubeRequest): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const chunks: Buffer[] = [];
    const reader: ByteReader = {
      onData: (chunk) => chunks.push(chunk),
      onEnd: () => {
        const [first] = chunks;
        const text = chunks.length === 1 && first !== undefined ? first.toString() : Buffer.concat(chunks).toString();
        try {
          resolve((text === '' ? undefined : JSON.parse(text)) as T);
        } catch (error) {
          reject(new UnreachableError('MALFORMED', request.method, request.path, error));
        }
      },
      onError: reject,
    };
    send(wire, request, reader, { connection: 'pooled', deadlineMs: request.timeoutMs ?? DEFAULT_TIMEOUT_MS });
  });
}

function stream(wire: Wire, request: KubeRequest): Promise<AsyncIterable<Buffer>> {
  return new Promise((resolve, reject) => {
    const queue = createByteQueue(() => cancel());
    let open = false;
    const cancel = send(
      wire,
      request,
      {
        onOpen: () => {
          open = true;
          resolve(queue.chunks);
        },
        onData: queue.push,
        onEnd: queue.end,
        onError: (error) => (open ? queue.fail(error) : reject(error)),
      },
      { connection: 'own' },
    );
  });
}

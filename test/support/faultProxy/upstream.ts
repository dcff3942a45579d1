import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import { Agent, request as httpsRequest } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';

/** The API server behind the proxy. */
export interface Upstream {
  /** Sends a request; resolves with the head of the answer. `signal` ends it, its answer's body too. */
  send(message: UpstreamRequest, signal: AbortSignal): Promise<IncomingMessage>;
  /** Connections open now. */
  open(): number;
  /** Resolves when no connection is left; those of requests under way go with their signals. */
  close(): Promise<void>;
}

export interface UpstreamRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export function createUpstream(url: string, caPem: string): Upstream {
  const { hostname, port } = new URL(url);
  const agent = new Agent({ ca: caPem, keepAlive: true, ALPNProtocols: ['http/1.1'] });
  const open = (): number => [...Object.values(agent.sockets), ...Object.values(agent.freeSockets)].flat().length;
  return {
    send: ({ method, path, headers, body }, signal) =>
      new Promise((resolve, reject) => {
        const outgoing = httpsRequest(
          {
            hostname,
            port,
            method,
            path,
            agent,
            signal,
            headers: { ...endToEnd(headers), 'content-length': body.length },
          },
          resolve,
        );
        outgoing.once('error', reject);
        outgoing.end(body);
      }),
    open,
    close: async () => {
      agent.destroy();
      while (open() > 0) await sleep(1);
    },
  };
}

/** RFC 9110 §7.6.1, and what the proxy does itself. Without accept-encoding the lines of a watch stay readable. */
const HOP_BY_HOP: ReadonlySet<string> = new Set([
  'accept-encoding',
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** The headers that are for the other end. */
export const endToEnd = (headers: IncomingHttpHeaders): OutgoingHttpHeaders =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.has(name)));

import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { BindAddress } from './bindAddress.ts';
import { listen } from './bindAddress.ts';

export interface Page {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

export interface RunningServer {
  /** `host:port` as bound. */
  readonly address: string;
  close(): Promise<void>;
}

/** Who may connect is not known: on a node's own network no NetworkPolicy keeps anybody out. Who sends slowly is not waited for. */
const LIMITS = {
  headersTimeout: 10_000,
  requestTimeout: 10_000,
  connectionsCheckingInterval: 5_000,
  maxHeaderSize: 8_192,
};

/**
 * Serves GET requests for a few fixed paths; anything else is 404 or 405.
 *
 * @param maxConnections further ones are closed at once. Not for probes: whoever holds that many would have the kubelet end the pod.
 */
export async function serve(
  bind: BindAddress,
  pages: Readonly<Record<string, () => Promise<Page> | Page>>,
  maxConnections?: number,
): Promise<RunningServer> {
  const server = createServer(LIMITS, (request, response) => void answer(request, response, pages));
  if (maxConnections !== undefined) server.maxConnections = maxConnections;
  const address = await listen(server, bind);
  return {
    address,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  pages: Readonly<Record<string, () => Promise<Page> | Page>>,
): Promise<void> {
  const path = (request.url ?? '/').split('?')[0] ?? '/';
  const page = Object.hasOwn(pages, path) ? pages[path] : undefined;
  if (page === undefined) return send(response, { status: 404, type: TEXT, body: 'not found\n' });
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return send(response, { status: 405, type: TEXT, body: 'only GET\n' });
  }
  try {
    send(response, await page());
  } catch (error) {
    send(response, { status: 500, type: TEXT, body: `${error instanceof Error ? error.message : 'failed'}\n` });
  }
}

export const TEXT = 'text/plain; charset=utf-8';

function send(response: ServerResponse, page: Page): void {
  response.writeHead(page.status, { 'content-type': page.type, 'content-length': Buffer.byteLength(page.body) });
  response.end(page.body);
}

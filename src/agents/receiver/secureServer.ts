import { constants } from 'node:crypto';
import type { Server as PlainServer, RequestListener } from 'node:http';
import { createServer as createPlainServer } from 'node:http';
import type { Server } from 'node:https';
import { createServer } from 'node:https';
import type { BindAddress } from '../../operator/bindAddress.ts';
import { listen } from '../../operator/bindAddress.ts';
import type { ServingFiles } from './servingFiles.ts';

export interface Listening {
  /** `host:port` as bound. */
  readonly address: string;
  /** New connections get this certificate; those that are open, and the listener, stay. */
  renew(files: ServingFiles): void;
  /** Ends idle connections, and lets requests that are being answered end, for so long at most. */
  close(graceMs: number): Promise<void>;
}

/** Times are short because callers are near: a caller who sends a byte now and then must not hold a place. */
const LIMITS = {
  requestTimeout: 60_000,
  headersTimeout: 10_000,
  /** Longer than the API server's client keeps an idle connection (90 s), or a batch meets one that is just being closed. */
  keepAliveTimeout: 120_000,
  connectionsCheckingInterval: 1_000,
  maxHeaderSize: 16 * 1024,
};
const HANDSHAKE_TIMEOUT_MS = 10_000;
const MAX_CONNECTIONS = 512;

export interface ServerTimes {
  /** From the first byte of a request to its last, in milliseconds. */
  readonly requestTimeoutMs?: number;
}

/** HTTPS. Callers may show a certificate; whether they have to is for the listener of requests to decide. */
export async function listenSecurely(
  bind: BindAddress,
  files: ServingFiles,
  onRequest: RequestListener,
  times: ServerTimes = {},
): Promise<Listening> {
  const server = createServer(
    {
      ...LIMITS,
      requestTimeout: times.requestTimeoutMs ?? LIMITS.requestTimeout,
      headersTimeout: Math.min(LIMITS.headersTimeout, times.requestTimeoutMs ?? LIMITS.headersTimeout),
      ...contextOf(files),
      requestCert: files.clientCa !== undefined,
      rejectUnauthorized: false,
      handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
      // HTTP/1.1 alone: a connection carries one body at a time.
      ALPNProtocols: ['http/1.1'],
    },
    onRequest,
  );
  return listening(server, bind, (renewed) => server.setSecureContext(contextOf(renewed)));
}

/** HTTP, for loopback alone. */
export function listenPlainly(bind: BindAddress, onRequest: RequestListener): Promise<Listening> {
  return listening(createPlainServer(LIMITS, onRequest), bind, () => {});
}

const contextOf = ({ cert, key, clientCa }: ServingFiles) => ({
  cert,
  key,
  ...(clientCa === undefined ? {} : { ca: clientCa }),
  minVersion: 'TLSv1.2' as const,
  // A ticket would let a caller in after the authority of its certificate is gone.
  secureOptions: constants.SSL_OP_NO_TICKET,
});

async function listening(
  server: PlainServer | Server,
  bind: BindAddress,
  renew: Listening['renew'],
): Promise<Listening> {
  server.maxConnections = MAX_CONNECTIONS;
  const address = await listen(server, bind);
  return {
    address,
    renew,
    close: (graceMs) =>
      new Promise((resolve) => {
        const timer = setTimeout(() => server.closeAllConnections(), graceMs);
        server.close(() => {
          clearTimeout(timer);
          resolve();
        });
        server.closeIdleConnections();
      }),
  };
}

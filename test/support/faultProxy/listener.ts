import { once } from 'node:events';
import type { RequestListener, Server } from 'node:http';
import { createServer } from 'node:https';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { KeyPair } from '../controlPlane/certificates.ts';
import { freePorts } from '../controlPlane/ports.ts';

/** The clients' side of the proxy: a TLS server whose connections can all be reset, and whose port can be shut. */
export interface Listener {
  readonly port: number;
  /** Connections open now. */
  open(): number;
  /** Resets the connection with this port on the client's side. */
  reset(clientPort: number | undefined): void;
  resetAll(): void;
  /** Resets everything and refuses new connections until `reopen`. */
  shut(): void;
  reopen(): Promise<void>;
  close(): Promise<void>;
}

/** As kube-apiserver (IdleTimeout, k8s.io/apiserver/pkg/server/secure_serving.go). */
const KEEP_ALIVE_MS = 90_000;
const ATTEMPTS = 50;

export async function listen(pair: KeyPair, onRequest: RequestListener): Promise<Listener> {
  const [port = 0] = await freePorts(1);
  const sockets = new Map<number, Socket>();
  const server = createServer({ cert: pair.certPem, key: pair.keyPem, keepAliveTimeout: KEEP_ALIVE_MS }, onRequest);
  // The TCP sockets below TLS: only these can be reset.
  server.on('connection', (socket: Socket) => {
    const clientPort = socket.remotePort ?? 0;
    sockets.set(clientPort, socket);
    socket.once('close', () => sockets.delete(clientPort));
    socket.on('error', () => undefined);
  });
  server.on('tlsClientError', () => undefined);
  const resetAll = (): void => {
    for (const socket of sockets.values()) socket.resetAndDestroy();
  };
  let wanted = true;
  let closed = false;
  let settled = Promise.resolve();
  const settle = (): Promise<void> => {
    settled = settled.then(async () => {
      if (wanted && !server.listening) await startListening(server, port);
      if (!wanted && server.listening) server.close();
    });
    return settled;
  };
  const shut = (): void => {
    wanted = false;
    if (server.listening) server.close();
    resetAll();
  };
  await settle();
  return {
    port,
    open: () => sockets.size,
    reset: (clientPort) => void sockets.get(clientPort ?? 0)?.resetAndDestroy(),
    resetAll,
    shut,
    reopen: () => {
      wanted = !closed;
      return settle();
    },
    close: async () => {
      closed = true;
      shut();
      await settle();
      resetAll();
      while (sockets.size > 0) await sleep(1);
    },
  };
}

/** The port may be in use for a moment by an outgoing connection of another process. */
async function startListening(server: Server, port: number): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      server.listen(port, '127.0.0.1');
      await once(server, 'listening');
      return;
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
      await sleep(50);
    }
  }
}

import type { Dispatcher } from 'undici';
import { buildConnector, Client, Pool } from 'undici';
import type { Credentials } from './config.ts';

/** Connections to one server, remade when the TLS options change. */
export interface Dispatchers {
  /** Shared by short requests. */
  pooled(credentials: Credentials): Dispatcher;
  /** One connection of its own, for a stream; `release` closes it at once, even while it is connecting. */
  own(credentials: Credentials): { readonly dispatcher: Dispatcher; readonly release: () => void };
  /** Closes everything at once. */
  destroy(): Promise<void>;
}

type Connector = ReturnType<typeof buildConnector>;

const CONNECT_TIMEOUT_MS = 10_000;
/** As client-go: below the idle limits of cloud load balancers (60 s on AWS). */
const TCP_KEEPALIVE_MS = 30_000;
/** Below the API server's IdleTimeout of 90 s, so that a request seldom meets a connection just closed. */
const IDLE_CONNECTION_MS = 55_000;

/**
 * HTTP/1.1 only: one HTTP/2 connection would be one failure domain for every watch, and undici's HTTP/2 pings have no
 * acknowledgement timeout, so that a dead link was not noticed in 420 s (docs/adr/0002).
 */
export function createDispatchers(origin: string, connections: number): Dispatchers {
  let current: { readonly fingerprint: string; readonly connector: Connector; readonly pool: Pool } | undefined;
  const streams = new Set<Client>();
  const use = (credentials: Credentials) => {
    if (current?.fingerprint === credentials.fingerprint) return current;
    // Requests in flight finish on the old connections.
    current?.pool.close().catch(() => undefined);
    // One connector for pool and streams: TLS sessions are resumed.
    const connector = buildConnector({
      ...credentials.tls,
      allowH2: false,
      timeout: CONNECT_TIMEOUT_MS,
      keepAlive: true,
      keepAliveInitialDelay: TCP_KEEPALIVE_MS,
    } as buildConnector.BuildOptions);
    const pool = new Pool(origin, {
      connect: connector,
      connections,
      allowH2: false,
      pipelining: 1,
      keepAliveTimeout: IDLE_CONNECTION_MS,
    });
    current = { fingerprint: credentials.fingerprint, connector, pool };
    return current;
  };
  return {
    pooled: (credentials) => use(credentials).pool,
    own: (credentials) => {
      const { connect, abandon } = abandonable(use(credentials).connector);
      const dispatcher = new Client(origin, { connect, allowH2: false, pipelining: 1 });
      streams.add(dispatcher);
      const release = () => {
        if (!streams.delete(dispatcher)) return;
        abandon();
        dispatcher.destroy().catch(() => undefined);
      };
      return { dispatcher, release };
    },
    destroy: async () => {
      const open: Dispatcher[] = [...streams];
      streams.clear();
      if (current !== undefined) open.push(current.pool);
      current = undefined;
      await Promise.all(open.map((dispatcher) => dispatcher.destroy()));
    },
  };
}

/** undici lets a connection attempt run on after `destroy`, up to its timeout; `abandon` ends it. */
function abandonable(connector: Connector): { readonly connect: Connector; readonly abandon: () => void } {
  let socket: { destroy(): void } | undefined;
  return {
    connect: (options, callback) => {
      // The connector returns its socket, which the type does not say (undici lib/core/connect.js).
      socket = connector(options, callback) as unknown as { destroy(): void } | undefined;
    },
    abandon: () => socket?.destroy(),
  };
}

// The deep import (the package has no `exports` map) keeps the library's generated API out of a bundle that stubs
// config.js's two imports of it: 80 MB instead of 162 MB at the first request (DESIGN §9).

import { createHash } from 'node:crypto';
import type { RequestOptions } from 'node:https';
import { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import { errorMessage } from '../k8s/errorMessage.ts';
import type { WrittenUser } from './kubeconfigUser.ts';
import { refuseUnsupported, writtenUser } from './kubeconfigUser.ts';
import { readTokenFile, tokenFileOf } from './tokenFile.ts';

/** What a TLS connection needs; nothing else of the library's options is passed on. */
export interface TlsOptions {
  readonly ca?: string | Buffer;
  readonly cert?: string | Buffer;
  readonly key?: string | Buffer;
  readonly pfx?: string | Buffer;
  readonly passphrase?: string;
  readonly servername?: string;
  readonly rejectUnauthorized?: boolean;
}

/** What a request is sent with. */
export interface Credentials {
  readonly headers: Readonly<Record<string, string>>;
  readonly tls: TlsOptions;
  /** Changes when the TLS options' bytes change: then connections are made anew. */
  readonly fingerprint: string;
}

/** Where the API server is and how to be let in. */
export interface ClusterAccess {
  /** `https://host:port`, with the path prefix if there is one (Rancher, Gardener proxies). */
  readonly server: string;
  /** `host:port`, for metrics. */
  readonly host: string;
  /**
   * Cached for at most 60 seconds, because reading them again reads files synchronously. `refresh` reads everything anew
   * (kubeconfig, token file, exec plugin): ask for it after a 401. Concurrent calls share one read.
   */
  credentials(options?: { readonly refresh?: boolean }): Promise<Credentials>;
}

const CACHE_MS = 60_000;
/** Many requests may see the same 401: within this time they share one refresh. */
const REFRESH_APART_MS = 1_000;
const TLS_FIELDS = ['ca', 'cert', 'key', 'pfx', 'passphrase', 'servername', 'rejectUnauthorized'] as const;

/**
 * Access by an explicit kubeconfig, else as kubectl finds one: `KUBECONFIG`, `~/.kube/config`, the pod's ServiceAccount.
 * Throws when there is none, when its current context names no cluster or no user, and for what we do not do: plain HTTP
 * without `insecure-skip-tls-verify`, `proxy-url`, `auth-provider`, and impersonation beyond `as`.
 */
export function loadClusterAccess(options: {
  readonly kubeconfig?: string;
  /** Another of its contexts than the current one. */
  readonly context?: string;
  readonly now?: () => number;
}): ClusterAccess {
  const load = () => loadConfig(options.kubeconfig, options.context);
  const first = load();
  const server = serverOf(first);
  let config = first;
  userOf(first, options.kubeconfig);
  const read = async (refresh: boolean) => {
    if (refresh) config = load();
    const user = userOf(config, options.kubeconfig);
    return readCredentials(config, user === undefined ? undefined : tokenFileOf(user));
  };
  return { server, host: new URL(server).host, credentials: cached(read, options.now ?? Date.now) };
}

function loadConfig(kubeconfig: string | undefined, context: string | undefined): KubeConfig {
  const config = new KubeConfig();
  try {
    if (kubeconfig === undefined) config.loadFromDefault();
    else config.loadFromFile(kubeconfig);
  } catch (error) {
    throw new Error(
      `the kubeconfig cannot be read (${errorMessage(error)}): name another by --kubeconfig or KUBECONFIG`,
    );
  }
  if (context !== undefined) {
    const names = config.getContexts().map(({ name }) => name);
    if (!names.includes(context))
      throw new Error(`the kubeconfig has no context "${context}": it has ${names.join(', ')}`);
    config.setCurrentContext(context);
  }
  return config;
}

function serverOf(config: KubeConfig): string {
  const cluster = config.getCurrentCluster();
  if (cluster === null) throw new Error(`the kubeconfig's context "${config.getCurrentContext()}" names no cluster`);
  if (cluster.proxyUrl !== undefined)
    throw new Error(
      'proxy-url in a kubeconfig is not supported: let the server field name an address that can be reached directly',
    );
  if (!cluster.server.startsWith('https://') && !cluster.skipTLSVerify) {
    // loadFromDefault falls back to http://localhost:8080 when it finds nothing.
    throw new Error(
      `no cluster found: set --kubeconfig or KUBECONFIG, or run in a pod (${cluster.server} is not https://)`,
    );
  }
  return cluster.server.replace(/\/+$/, '');
}

/** Without a user the library would go on as anonymous. */
function userOf(config: KubeConfig, kubeconfig: string | undefined): WrittenUser | undefined {
  const user = config.getCurrentUser();
  if (user === null) throw new Error(`the kubeconfig's context "${config.getCurrentContext()}" names no user`);
  const written = writtenUser(user.name, kubeconfig);
  if (written !== undefined) refuseUnsupported(written);
  return written;
}

async function readCredentials(config: KubeConfig, tokenFile: string | undefined): Promise<Credentials> {
  const options: RequestOptions = {};
  await config.applyToHTTPSOptions(options);
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(options.headers ?? {})) headers[name.toLowerCase()] = String(value);
  if (typeof options.auth === 'string') {
    headers.authorization = `Basic ${Buffer.from(options.auth).toString('base64')}`;
  }
  // It goes before a token, as in client-go.
  if (tokenFile !== undefined) headers.authorization = `Bearer ${readTokenFile(tokenFile)}`;
  const tls = Object.fromEntries(
    TLS_FIELDS.flatMap((field) => {
      const value = options[field];
      return value === undefined || value === null ? [] : [[field, value]];
    }),
  ) as TlsOptions;
  return { headers, tls, fingerprint: fingerprintOf(tls) };
}

/** A digest of the TLS options: equal bytes, equal fingerprint. */
export function fingerprintOf(tls: TlsOptions): string {
  const hash = createHash('sha256');
  for (const field of TLS_FIELDS) {
    const value = tls[field];
    if (value === undefined) continue;
    const bytes = Buffer.isBuffer(value) ? value : Buffer.from(String(value));
    hash.update(`${field}:${bytes.length}:`).update(bytes);
  }
  return hash.digest('hex');
}

/**
 * Caches what `read` gives. A read that fails while older credentials are at hand gives those: they may well still be
 * good, and if not, the 401 asks for a refresh, whose failure is reported.
 */
export function cached(
  read: (refresh: boolean) => Promise<Credentials>,
  now: () => number,
): ClusterAccess['credentials'] {
  let last: Credentials | undefined;
  let readAt = 0;
  let reading: { readonly refresh: boolean; readonly result: Promise<Credentials> } | undefined;
  const start = async (refresh: boolean): Promise<Credentials> => {
    try {
      last = await read(refresh);
    } catch (error) {
      if (refresh || last === undefined) throw error;
    } finally {
      readAt = now();
    }
    return last;
  };
  return ({ refresh = false } = {}) => {
    // A read that began without a refresh may give just what the server refused.
    if (reading !== undefined && (reading.refresh || !refresh)) return reading.result;
    const keepMs = refresh ? REFRESH_APART_MS : CACHE_MS;
    if (last !== undefined && now() - readAt < keepMs && now() >= readAt) return Promise.resolve(last);
    // One after the other, so that the newest is the one that stays.
    const begin = () => start(refresh);
    const result = reading === undefined ? begin() : reading.result.then(begin, begin);
    const mine = { refresh, result };
    reading = mine;
    const done = () => {
      if (reading === mine) reading = undefined;
    };
    result.then(done, done);
    return result;
  };
}

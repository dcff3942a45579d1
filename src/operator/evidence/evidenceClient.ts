import { readFileSync } from 'node:fs';
import { Pool } from 'undici';
import type { AuditEvent } from '../../audit/event.ts';
import { errorMessage } from '../../k8s/errorMessage.ts';
import { integer, list, record, text } from '../../k8s/json.ts';
import type { Change, Evidence, EvidenceHealth, SeenRequest } from './evidence.ts';
import { MAX_IDS } from './evidence.ts';

export interface EvidenceClientOptions {
  /** Of the receiver's evidence port: `https://…`; `http://` for loopback alone. */
  readonly url: string;
  /** The authority of the receiver's certificate, PEM. All files are read at each request, because they rotate. */
  readonly caFile?: string | undefined;
  readonly tokenFile?: string | undefined;
  /** A client certificate and its key, PEM. */
  readonly certFile?: string | undefined;
  readonly keyFile?: string | undefined;
  /** Default 5 s, for the whole answer. */
  readonly timeoutMs?: number;
}

export interface EvidenceClient extends Evidence {
  close(): Promise<void>;
}

/** The receiver did not answer, or not as one: nothing follows from it about what happened in the cluster. */
export class NoEvidenceError extends Error {
  override readonly name = 'NoEvidenceError';
}

const TIMEOUT_MS = 5_000;
/** A hundred IDs with their events are below it. */
const MAX_ANSWER_BYTES = 16 * 1024 * 1024;

/**
 * Asks an audit receiver. Every call rejects with NoEvidenceError when there is no proper answer.
 * @throws a sentence when the address would send the token in the clear
 */
export function createEvidenceClient(options: EvidenceClientOptions): EvidenceClient {
  const base = new URL(options.url);
  const isLocal = ['localhost', '127.0.0.1', '[::1]'].includes(base.hostname);
  if (base.protocol !== 'https:' && !(base.protocol === 'http:' && isLocal)) {
    throw new Error(`${options.url} is no address to ask for evidence: write https://, or http:// on loopback`);
  }
  const connections = createConnections(base.origin, options);
  const ask = async (path: string, query: [string, string][]): Promise<unknown> => {
    try {
      return await get(connections.pool(), `${path}?${new URLSearchParams(query)}`, options);
    } catch (error) {
      throw new NoEvidenceError(`${base.host} gives no evidence: ${errorMessage(error)}`);
    }
  };
  return {
    requests: async (ids) => {
      const query = ids.slice(0, MAX_IDS).map((id): [string, string] => ['auditId', id]);
      return list(record(await ask('/v1/requests', query)).requests).map(seenRequestOf);
    },
    changes: async ({ group, resource, namespace, name }) => {
      const answer = await ask('/v1/changes', Object.entries({ group, resource, namespace, name }));
      return list(record(answer).changes) as readonly Change[];
    },
    health: async () => healthOf(record(await ask('/v1/health', []))),
    close: () => connections.close(),
  };
}

interface Connections {
  pool(): Pool;
  close(): Promise<void>;
}

/** Few questions are asked at once. */
const CONNECTIONS = 2;

/** One pool for as long as the files are the same. */
function createConnections(origin: string, { caFile, certFile, keyFile }: EvidenceClientOptions): Connections {
  let current: { readonly fingerprint: string; readonly pool: Pool } | undefined;
  return {
    pool: () => {
      const tls = { ...read('ca', caFile), ...read('cert', certFile), ...read('key', keyFile) };
      const fingerprint = JSON.stringify(tls);
      if (current?.fingerprint === fingerprint) return current.pool;
      current?.pool.close().catch(() => undefined);
      const connect = { ...tls, allowH2: false };
      const pool = new Pool(origin, { connect, connections: CONNECTIONS, maxResponseSize: MAX_ANSWER_BYTES });
      current = { fingerprint, pool };
      return pool;
    },
    close: async () => current?.pool.destroy(),
  };
}

const read = (option: 'ca' | 'cert' | 'key', file: string | undefined): Readonly<Record<string, string>> =>
  file === undefined ? {} : { [option]: readFileSync(file, 'utf8') };

async function get(
  pool: Pool,
  path: string,
  { tokenFile, timeoutMs = TIMEOUT_MS }: EvidenceClientOptions,
): Promise<unknown> {
  const token = tokenFile === undefined ? undefined : readFileSync(tokenFile, 'utf8').trim();
  const answer = await pool.request({
    path,
    method: 'GET',
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    signal: AbortSignal.timeout(timeoutMs),
  });
  if (answer.statusCode === 200) return answer.body.json();
  await answer.body.dump();
  throw new Error(`it answers ${answer.statusCode}`);
}

/** JSON has no undefined: what is absent is. */
function seenRequestOf(value: unknown): SeenRequest {
  const { auditId, events, total } = record(value);
  const whole = list(events).map((event) => ({ ...ABSENT, ...record(event) }) as unknown as AuditEvent);
  return { auditId: text(auditId), events: whole, total: integer(total) ?? whole.length };
}

const ABSENT = { impersonated: undefined, code: undefined, decision: undefined };

/** @throws when it is no health: zeros for what is not there would say that all is well */
function healthOf(value: Readonly<Record<string, unknown>>): EvidenceHealth {
  const number = (field: string): number => {
    const found = integer(value[field]);
    if (found === undefined) throw new NoEvidenceError(`the receiver's health has no number ${field}`);
    return found;
  };
  return {
    since: text(value.since),
    lastEventAt: typeof value.lastEventAt === 'string' ? value.lastEventAt : undefined,
    lagMs: integer(value.lagMs),
    counted: number('counted'),
    duplicates: number('duplicates'),
    poison: number('poison'),
    oversized: number('oversized'),
    refused: number('refused'),
    gaps: number('gaps'),
    waitingBytes: number('waitingBytes'),
  };
}

import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import type { ClientRequest, IncomingMessage } from 'node:http';
import type { RequestOptions } from 'node:https';
import { Agent, request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ReceiverLimits, ReceiverOptions } from '../../../src/agents/receiver/options.ts';
import { DEFAULT_LIMITS } from '../../../src/agents/receiver/options.ts';
import { runReceiver } from '../../../src/agents/receiver/receiver.ts';
import { systemClock } from '../../../src/operator/clock.ts';
import type { EvidenceClient } from '../../../src/operator/evidence/evidenceClient.ts';
import { createEvidenceClient } from '../../../src/operator/evidence/evidenceClient.ts';
import type { CertificateAuthority } from '../../support/controlPlane/certificates.ts';
import { createCertificateAuthority } from '../../support/controlPlane/certificates.ts';
import { eventually } from '../../support/eventually.ts';

export const TOKEN = 'a-token-of-the-api-server';

/** A directory with what a receiver and its callers need. */
export interface Premises {
  readonly dir: string;
  readonly serverCa: CertificateAuthority;
  readonly clientCa: CertificateAuthority;
  readonly files: Readonly<Record<'cert' | 'key' | 'serverCa' | 'clientCa' | 'tokens' | 'state', string>>;
  /** As kubelets replace Secrets: at once. */
  replace(file: 'cert' | 'key' | 'clientCa' | 'tokens', content: string): void;
  remove(): void;
}

const SERVER = { commonName: 'receiver', hosts: ['localhost', '127.0.0.1'] };

export const newServerPair = ({ serverCa }: Premises) => serverCa.issue(SERVER);

export function createPremises(): Premises {
  const dir = mkdtempSync(join(tmpdir(), 'drawbridge-receiver-'));
  const serverCa = createCertificateAuthority('server-ca');
  const clientCa = createCertificateAuthority('client-ca');
  const path = (name: string): string => join(dir, name);
  const files = {
    cert: path('tls.crt'),
    key: path('tls.key'),
    serverCa: path('server-ca.crt'),
    clientCa: path('client-ca.crt'),
    tokens: path('tokens'),
    state: path('state'),
  };
  const pair = serverCa.issue(SERVER);
  writeFileSync(files.cert, pair.certPem);
  writeFileSync(files.key, pair.keyPem);
  writeFileSync(files.serverCa, serverCa.certPem);
  writeFileSync(files.clientCa, clientCa.certPem);
  writeFileSync(files.tokens, `${TOKEN}\n`);
  return {
    dir,
    serverCa,
    clientCa,
    files,
    replace: (file, content) => {
      writeFileSync(`${files[file]}.new`, content);
      renameSync(`${files[file]}.new`, files[file]);
    },
    remove: () => rmSync(dir, { recursive: true, force: true }),
  };
}

export interface Running {
  readonly webhook: string;
  readonly evidence: EvidenceClient;
  readonly evidenceUrl: string;
  readonly health: string;
  readonly metrics: string;
  readonly logs: readonly LogLine[];
  /** Ends it as SIGTERM does. */
  stop(): Promise<void>;
}

export interface LogLine {
  readonly level: string;
  readonly message: string;
  readonly [field: string]: unknown;
}

export type Changed = Omit<Partial<ReceiverOptions>, 'limits'> & { readonly limits?: Partial<ReceiverLimits> };

export const optionsOf = ({ files }: Premises, logs: LogLine[], changed: Changed = {}): ReceiverOptions => {
  const say =
    (level: string) =>
    (message: string, fields: Readonly<Record<string, unknown>> = {}) =>
      void logs.push({ ...fields, level, message });
  return {
    bindAddress: '127.0.0.1:0',
    path: '/audit',
    certFile: files.cert,
    keyFile: files.key,
    clientCaFile: files.clientCa,
    clientNames: [],
    tokenFile: files.tokens,
    auditLogs: [],
    evidenceBindAddress: '127.0.0.1:0',
    metricsBindAddress: '127.0.0.1:0',
    healthBindAddress: '127.0.0.1:0',
    version: 'test',
    clock: systemClock,
    logger: { error: say('error'), warn: say('warn'), info: say('info'), debug: say('debug') },
    ...changed,
    limits: { ...DEFAULT_LIMITS, reloadMs: 20, pollMs: 10, ...changed.limits },
  };
};

/** Starts a receiver in this process; resolves when it listens. */
export async function startReceiver(premises: Premises, changed: Changed = {}): Promise<Running> {
  const logs: LogLine[] = [];
  const controller = new AbortController();
  const options = optionsOf(premises, logs, changed);
  let failure: unknown;
  const ended = runReceiver(options, controller.signal).catch((error) => {
    failure = error;
  });
  const expected = [options.bindAddress, options.evidenceBindAddress].filter((one) => one !== '0').length + 2;
  await eventually(() => {
    if (failure !== undefined) return;
    if (logs.filter(({ message }) => message === 'listening').length < expected) throw new Error('it does not listen');
  });
  if (failure !== undefined) throw failure;
  const address = (what: string): string =>
    String(logs.find((line) => line.message === 'listening' && line.what === what)?.address ?? '');
  const port = address('evidence').split(':').at(-1);
  const isPlain = address('evidence').startsWith('127.');
  const evidenceUrl = isPlain ? `http://127.0.0.1:${port}` : `https://localhost:${port}`;
  const callers = { caFile: premises.files.serverCa, tokenFile: premises.files.tokens };
  const evidence = createEvidenceClient({ url: evidenceUrl, ...(isPlain ? {} : callers) });
  return {
    webhook: `https://${address('webhook')}/audit`,
    evidence,
    evidenceUrl,
    health: `http://${address('health')}`,
    metrics: `http://${address('metrics')}/metrics`,
    logs,
    stop: async () => {
      await evidence.close();
      controller.abort();
      await ended;
      if (failure !== undefined) throw failure;
    },
  };
}

export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly headers: IncomingMessage['headers'];
}

/** Sends one request on a connection of its own unless an agent is given. Rejects when there is no answer. */
export function post(url: string, premises: Premises, body: Buffer, options: RequestOptions = {}): Promise<Answer> {
  return send(url, premises, options, (outgoing) => outgoing.end(body), body.length);
}

export function send(
  url: string,
  { files }: Premises,
  options: RequestOptions,
  write: (outgoing: ClientRequest) => void,
  length?: number,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      url,
      {
        method: 'POST',
        ca: readFileSync(files.serverCa),
        agent: new Agent({ keepAlive: false, maxCachedSessions: 0 }),
        ...options,
        headers: {
          'content-type': 'application/json',
          // Without it, Node would announce the length of what is sent in one piece.
          ...(length === undefined ? { 'transfer-encoding': 'chunked' } : { 'content-length': length }),
          ...(options.headers as Readonly<Record<string, string>>),
        },
      },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', reject);
        incoming.on('end', () =>
          resolve({
            status: incoming.statusCode ?? 0,
            body: Buffer.concat(chunks).toString(),
            headers: incoming.headers,
          }),
        );
      },
    );
    outgoing.on('error', reject);
    write(outgoing);
  });
}

export const bearer = (token = TOKEN): RequestOptions => ({ headers: { authorization: `Bearer ${token}` } });

export const certified = ({ clientCa }: Premises, commonName = 'kube-apiserver', ca = clientCa): RequestOptions => {
  const { certPem, keyPem } = ca.issue({ commonName });
  return { cert: certPem, key: keyPem };
};

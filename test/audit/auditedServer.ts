import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ControlPlane } from '../support/controlPlane/controlPlane.ts';
import { startControlPlane } from '../support/controlPlane/controlPlane.ts';

/** What is sent to a server that audits. */
export interface Asked {
  /** Undefined: without credentials, as system:anonymous; `''`: with credentials that are wrong. */
  readonly user: string | undefined;
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string;
}

export interface Answer {
  readonly auditId: string;
  readonly status: number;
  readonly body: string;
}

/** An API server whose audit policy can be changed: it is another process then, on the same data. */
export interface AuditedServer {
  readonly controlPlane: ControlPlane;
  use(policy: string): Promise<void>;
  ask(asked: Asked): Promise<Answer>;
  /** The lines of the audit log since the policy is in use, by Audit-ID. */
  lines(): ReadonlyMap<string, readonly string[]>;
  stop(): Promise<void>;
}

/** @param users tokens are made for these, by name, with their groups */
export async function startAuditedServer(
  users: Readonly<Record<string, readonly string[]>>,
  policy: string,
  flags: readonly string[] = [],
): Promise<AuditedServer> {
  const dir = mkdtempSync(join(tmpdir(), 'drawbridge-audit-'));
  const policyPath = join(dir, 'policy.yaml');
  const tokensPath = join(dir, 'tokens.csv');
  writeFileSync(policyPath, policy);
  const rows = Object.entries(users).map(([name, groups]) => `${tokenOf(name)},${name},${name},"${groups.join(',')}"`);
  writeFileSync(tokensPath, `${rows.join('\n')}\n`);
  const controlPlane = await startControlPlane({
    controllerManager: false,
    apiServerFlags: [`--audit-policy-file=${policyPath}`, `--token-auth-file=${tokensPath}`, ...flags],
  }).catch((error: unknown) => {
    rmSync(dir, { recursive: true });
    throw error;
  });
  let mark = 0;
  return {
    controlPlane,
    async use(next) {
      await controlPlane.killApiServer();
      writeFileSync(policyPath, next);
      mark = statSync(controlPlane.auditLogPath).size;
      await controlPlane.startApiServer();
    },
    ask: (asked) => send(controlPlane, asked),
    lines: () => linesOf(controlPlane.auditLogPath, mark),
    async stop() {
      await controlPlane.stop();
      rmSync(dir, { recursive: true });
    },
  };
}

/** The token of a user. */
const tokenOf = (user: string): string => `token-of-${user}`;

function send({ url, caPem }: ControlPlane, { user, method, path, headers, body }: Asked): Promise<Answer> {
  const auditId = randomUUID();
  const authorization = user === undefined ? {} : { authorization: `Bearer ${tokenOf(user)}` };
  const all = { 'content-type': 'application/json', ...authorization, ...headers, 'audit-id': auditId };
  return new Promise((resolve, reject) => {
    const sent = request(
      new URL(path, url),
      { method, headers: all as Record<string, string>, ca: caPem },
      (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
        });
        answer.on('error', reject).on('end', () => resolve({ auditId, status: answer.statusCode ?? 0, body: text }));
      },
    );
    sent.on('error', reject).end(body);
  });
}

function linesOf(path: string, from: number): ReadonlyMap<string, readonly string[]> {
  const lines = new Map<string, string[]>();
  for (const line of readFileSync(path).subarray(from).toString('utf8').split('\n').slice(0, -1)) {
    const { auditID } = JSON.parse(line) as { readonly auditID: string };
    const known = lines.get(auditID);
    if (known === undefined) lines.set(auditID, [line]);
    else known.push(line);
  }
  return lines;
}

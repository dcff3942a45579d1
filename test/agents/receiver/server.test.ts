import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { Pool } from 'undici';
import { rotatedLogs } from '../../../src/agents/receiver/rotatedLogs.ts';
import type { Evidence } from '../../../src/operator/evidence/evidence.ts';
import { MAX_IDS } from '../../../src/operator/evidence/evidence.ts';
import type { ControlPlane } from '../../support/controlPlane/controlPlane.ts';
import { startControlPlane } from '../../support/controlPlane/controlPlane.ts';
import type { Credentials } from '../../support/controlPlane/kubeconfig.ts';
import { writeKubeconfig } from '../../support/controlPlane/kubeconfig.ts';
import { freePorts } from '../../support/controlPlane/ports.ts';
import { eventually } from '../../support/eventually.ts';
import { kubeAdmin } from '../../support/kubeAdmin.ts';
import { START_TIMEOUT_MS } from '../../support/sharedControlPlane.ts';
import type { OwnProcess } from './ownProcess.ts';
import { ownProcess } from './ownProcess.ts';
import type { Premises, Running } from './running.ts';
import { createPremises, startReceiver, TOKEN } from './running.ts';

/** Each ends with a kill. */
const WAVES = process.env.DRAWBRIDGE_LONG_TESTS ? 12 : 1;
const WAVE_MS = 5_000;
const CONNECTIONS = 32;
/** More than the attempts of the API server's own back-off. */
const REFUSALS = 7;
const ROOT_TOKEN = 'token-of-root';
const POLICY = `apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived, ResponseStarted]
rules: [{level: Metadata}]
`;

/** A kube-apiserver that sends its events to a webhook, and where its log is. */
function start(
  premises: Premises,
  webhook: string,
  credentials: Credentials,
  flags: readonly string[],
): Promise<ControlPlane> {
  const file = (name: string, content: string): string => {
    writeFileSync(join(premises.dir, name), content);
    return join(premises.dir, name);
  };
  const kubeconfig = join(premises.dir, 'webhook.kubeconfig');
  writeKubeconfig(kubeconfig, webhook, premises.serverCa.certPem, credentials);
  return startControlPlane({
    controllerManager: false,
    apiServerFlags: [
      `--audit-policy-file=${file('policy.yaml', POLICY)}`,
      `--token-auth-file=${file('tokens.csv', `${ROOT_TOKEN},root,root,"system:masters"\n`)}`,
      `--audit-webhook-config-file=${kubeconfig}`,
      '--audit-webhook-batch-max-wait=1s',
      // Instead of 10 s; the attempts stay five.
      '--audit-webhook-initial-backoff=1s',
      ...flags,
    ],
  });
}

/** Reads of a name that is not there, as fast as the server answers, each with an Audit-ID of its own. */
async function ask({ url, caPem }: ControlPlane, prefix: string, endMs: number): Promise<readonly string[]> {
  const pool = new Pool(url, { connect: { ca: caPem, allowH2: false }, connections: CONNECTIONS });
  const ids: string[] = [];
  const client = async (): Promise<void> => {
    while (performance.now() < endMs) {
      const id = `${prefix}-${ids.length}`;
      ids.push(id);
      const { statusCode, body } = await pool.request({
        path: '/api/v1/namespaces/default/configmaps/missing',
        method: 'GET',
        headers: { authorization: `Bearer ${ROOT_TOKEN}`, 'audit-id': id },
      });
      await body.dump();
      expect(statusCode).to.equal(404);
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, client));
  await pool.close();
  return ids;
}

/** How often each was seen. */
async function seenOf(evidence: Evidence, ids: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const seen = new Map<string, number>();
  for (let start = 0; start < ids.length; start += MAX_IDS) {
    for (const { auditId, total } of await evidence.requests(ids.slice(start, start + MAX_IDS)))
      seen.set(auditId, total);
  }
  return seen;
}

describe('kube-apiserver and the audit receiver', function () {
  this.timeout(START_TIMEOUT_MS);
  let premises: Premises;
  let controlPlane: ControlPlane | undefined;
  beforeEach(() => {
    premises = createPremises();
  });
  afterEach(async () => {
    await controlPlane?.stop();
    controlPlane = undefined;
    premises.remove();
  });

  it('with a client certificate, and a receiver that is killed under load: every event comes, and counts once', async () => {
    const flags = [`--state-dir=${premises.files.state}`, '--client-name=kube-apiserver-audit'];
    const receiver: OwnProcess = await ownProcess(premises, flags);
    try {
      await receiver.start();
      const pair = premises.clientCa.issue({ commonName: 'kube-apiserver-audit' });
      controlPlane = await start(premises, receiver.webhook, pair, []);
      const sum = { sent: 0, lost: 0, twice: 0 };
      for (let wave = 1; wave <= WAVES; wave += 1) {
        const asking = ask(controlPlane, `wave-${wave}`, performance.now() + WAVE_MS);
        await sleep(WAVE_MS / 2);
        await receiver.kill();
        await receiver.start();
        const ids = await asking;
        // All attempts of the API server, and more.
        const seen = await eventually(
          async () => {
            const now = await seenOf(receiver.evidence, ids);
            expect(now.size).to.equal(ids.length);
            return now;
          },
          { withinMs: 30_000, everyMs: 500 },
        ).catch(() => seenOf(receiver.evidence, ids));
        sum.sent += ids.length;
        sum.lost += ids.length - seen.size;
        sum.twice += [...seen.values()].filter((total) => total > 1).length;
      }
      const { counted, duplicates, poison, oversized, refused } = await receiver.evidence.health();
      console.log(
        `      ${sum.sent} requests in ${WAVES} waves, a kill in each: ${sum.lost} lost, ${sum.twice} counted twice; ` +
          `${counted} events in all, ${duplicates} second copies known`,
      );
      expect({ ...sum, poison, oversized, refused }).to.deep.equal({
        sent: sum.sent,
        lost: 0,
        twice: 0,
        poison: 0,
        oversized: 0,
        refused: 0,
      });
      expect(sum.sent).to.be.greaterThan(400);
    } finally {
      await receiver.evidence.close();
      await receiver.kill();
    }
  });

  it('with a token, and its log besides, which it rotates: each event counts once, and drift has its actor', async () => {
    const [port] = await freePorts(1);
    const log = join(premises.dir, 'audit.log');
    const receiver: Running = await startReceiver(premises, {
      bindAddress: `127.0.0.1:${port}`,
      clientCaFile: undefined,
      auditLogs: [log],
    });
    try {
      controlPlane = await start(premises, receiver.webhook, { token: TOKEN }, [
        `--audit-log-path=${log}`,
        '--audit-log-maxsize=1',
      ]);
      const ids = await ask(controlPlane, 'both', performance.now() + WAVE_MS);
      const policy = {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'NetworkPolicy',
        metadata: { name: 'deny', namespace: 'default' },
        spec: { podSelector: {}, policyTypes: ['Ingress'] },
      };
      const admin = kubeAdmin(controlPlane.kubeconfig);
      await admin.create(policy);
      await admin.impersonating('mallory', ['system:masters']).delete(policy);
      await admin.close();
      const changes = await eventually(
        async () => {
          const found = await receiver.evidence.changes({
            group: 'networking.k8s.io',
            resource: 'networkpolicies',
            namespace: 'default',
            name: 'deny',
          });
          expect(found).to.have.length(2);
          return found;
        },
        { withinMs: 30_000 },
      );
      expect(changes.map(({ verb, user, impersonator }) => ({ verb, user, impersonator }))).to.deep.equal([
        { verb: 'delete', user: 'mallory', impersonator: 'kubernetes-admin' },
        { verb: 'create', user: 'kubernetes-admin', impersonator: undefined },
      ]);
      const health = await eventually(
        async () => {
          const now = await receiver.evidence.health();
          expect(now.duplicates, 'each came both ways').to.be.at.least(ids.length);
          return now;
        },
        { withinMs: 30_000 },
      );
      const seen = await seenOf(receiver.evidence, ids);
      const rotations = (await rotatedLogs(log)).length;
      console.log(
        `      ${ids.length} requests, ${rotations} rotations: ${ids.length - seen.size} lost, ` +
          `${[...seen.values()].filter((total) => total > 1).length} counted twice, lag ${health.lagMs} ms`,
      );
      expect(rotations).to.be.greaterThan(0);
      expect([...seen.values()].every((total) => total === 1)).to.equal(true);
      expect(seen.size).to.equal(ids.length);
      expect({ poison: health.poison, gaps: health.gaps }).to.deep.equal({ poison: 0, gaps: 0 });
    } finally {
      await receiver.stop();
    }
  });

  it('is told 429 with Retry-After, and sends a batch again more often than its own five times', async () => {
    const refusals = new Map<string, number>();
    const taken: string[] = [];
    const { cert, key } = premises.files;
    const moody = createServer({ cert: readFileSync(cert), key: readFileSync(key) }, async (incoming, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of incoming) chunks.push(chunk);
      const body = Buffer.concat(chunks).toString();
      const before = refusals.get(body) ?? 0;
      if (before < REFUSALS) {
        refusals.set(body, before + 1);
        response.writeHead(429, { 'retry-after': '1' }).end();
      } else {
        taken.push(body);
        response.writeHead(200).end();
      }
    });
    const [port = 0] = await freePorts(1);
    await new Promise<void>((resolve) => {
      moody.listen(port, '127.0.0.1', resolve);
    });
    try {
      controlPlane = await start(premises, `https://127.0.0.1:${port}/audit`, { token: TOKEN }, []);
      const ids = await ask(controlPlane, 'again', performance.now() + 100);
      await eventually(
        () => {
          const found = ids.filter((id) => taken.some((body) => body.includes(`"${id}"`)));
          expect(found.length).to.equal(ids.length);
        },
        { withinMs: 60_000, everyMs: 500 },
      );
      console.log(`      ${ids.length} requests in ${taken.length} batches, each taken at its attempt ${REFUSALS + 1}`);
    } finally {
      moody.closeAllConnections();
      moody.close();
    }
  });

  for (const isTruncating of [false, true]) {
    it(`${isTruncating ? 'with' : 'without'} truncation sends bodies of a megabyte, and every event of them comes`, async () => {
      const [port] = await freePorts(1);
      const receiver = await startReceiver(premises, { bindAddress: `127.0.0.1:${port}` });
      try {
        controlPlane = await start(premises, receiver.webhook, { token: TOKEN }, [
          `--audit-policy-file=${bodiesPolicy(premises)}`,
          '--audit-webhook-batch-max-wait=3s',
          ...(isTruncating ? ['--audit-webhook-truncate-enabled'] : []),
        ]);
        const admin = kubeAdmin(controlPlane.kubeconfig);
        const names = Array.from({ length: BIG_OBJECTS }, (_, index) => `big-${index}`);
        await Promise.all(
          names.map((name) =>
            admin.create({
              apiVersion: 'v1',
              kind: 'ConfigMap',
              metadata: { name, namespace: 'default' },
              data: { big: 'x'.repeat(900_000) },
            }),
          ),
        );
        await admin.close();
        const object = { group: '', resource: 'configmaps', namespace: 'default' };
        const known = async () => {
          const found = await Promise.all(names.map((name) => receiver.evidence.changes({ ...object, name })));
          return found.filter((changes) => changes.length > 0).length;
        };
        await eventually(async () => expect(await known()).to.equal(BIG_OBJECTS), { withinMs: 30_000 });
        const requests = (await (await fetch(receiver.metrics)).text()).match(/^\S*requests_total\{.*$/gm);
        console.log(`      ${BIG_OBJECTS} bodies: ${await known()} events came; ${requests?.join(', ')}`);
        // One batch of them is larger than 12 MiB, unless the API server has taken the bodies out.
        expect(/result="reduced"\} [1-9]/.test(requests?.join() ?? '')).to.equal(!isTruncating);
        const { oversized, refused } = await receiver.evidence.health();
        expect({ oversized, refused }).to.deep.equal({ oversized: 0, refused: 0 });
      } finally {
        await receiver.stop();
      }
    });
  }
});

const BIG_OBJECTS = 40;

function bodiesPolicy({ dir }: Premises): string {
  const path = join(dir, 'bodies.yaml');
  const rule = 'level: RequestResponse, verbs: [create], resources: [{group: "", resources: [configmaps]}]';
  writeFileSync(path, POLICY.replace('rules: [', `rules: [{${rule}}, `));
  return path;
}

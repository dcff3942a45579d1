import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { lintPolicy } from '../../src/audit/lintPolicy.ts';
import { readPolicy } from '../../src/audit/readPolicy.ts';
import { freePorts } from '../support/controlPlane/ports.ts';
import type { AuditedServer } from './auditedServer.ts';
import { startAuditedServer } from './auditedServer.ts';

const STRICT = 'strict-without-received';
const file = (rules: readonly object[]): string =>
  JSON.stringify({ apiVersion: 'audit.k8s.io/v1', kind: 'Policy', rules });

describe('A lint speaks of what a kube-apiserver does when its audit backend is gone', function () {
  this.timeout(180_000);
  const rules = (bobs: object) => [
    // What the server itself and the test need in order to start.
    { level: 'None', users: ['system:apiserver', 'kubernetes-admin'] },
    { level: 'Metadata', users: ['bob'], ...bobs },
  ];
  const WRONG = file(rules({ omitStages: ['RequestReceived'] }));
  const RIGHT = file(rules({}));
  let dir: string;
  let server: AuditedServer;

  before(async () => {
    const [nobody = 0] = await freePorts(1);
    dir = mkdtempSync(join(tmpdir(), 'drawbridge-webhook-'));
    const webhook = join(dir, 'webhook.kubeconfig');
    writeFileSync(webhook, kubeconfigOf(`http://127.0.0.1:${nobody}`));
    server = await startAuditedServer({ bob: ['system:masters'] }, WRONG, [
      `--audit-webhook-config-file=${webhook}`,
      '--audit-webhook-mode=blocking-strict',
      '--audit-webhook-initial-backoff=1ms',
    ]);
  });
  after(async () => {
    await server?.stop();
    rmSync(dir, { recursive: true });
  });

  it(`requests pass that nobody records, and are refused with the stage that it says to leave in`, async () => {
    const ask = () => server.ask({ user: 'bob', method: 'GET', path: '/api/v1/namespaces/default' });
    const found = (text: string) =>
      lintPolicy(policyOf(text), { mode: 'blocking-strict' })
        .filter(({ id }) => id === STRICT)
        .map(({ path }) => path);
    expect(found(WRONG)).to.deep.equal(['rules[1].omitStages']);
    expect((await ask()).status).to.equal(200);
    expect(found(RIGHT)).to.deep.equal([]);
    await server.use(RIGHT);
    const refused = await ask();
    expect(refused.status).to.equal(500);
    expect(refused.body).to.include('failed to store audit event');
  });
});

function policyOf(text: string) {
  const { policy } = readPolicy(text, 36);
  if (policy === undefined) throw new Error('it is refused');
  return policy;
}

const kubeconfigOf = (server: string): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'a', cluster: { server } }],
    users: [{ name: 'a', user: {} }],
    contexts: [{ name: 'a', context: { cluster: 'a', user: 'a' } }],
    'current-context': 'a',
  });

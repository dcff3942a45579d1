import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { explain } from '../../src/audit/match.ts';
import type { AuditPolicy } from '../../src/audit/policy.ts';
import { readPolicy } from '../../src/audit/readPolicy.ts';
import { record } from '../../src/k8s/json.ts';
import { eventually } from '../support/eventually.ts';
import { kubeAdmin } from '../support/kubeAdmin.ts';
import { anyPolicy, GROUPS } from './arbitraryPolicy.ts';
import type { AnyRequest } from './arbitraryRequest.ts';
import { anyRequest, askedOf } from './arbitraryRequest.ts';
import type { AuditedServer } from './auditedServer.ts';
import { startAuditedServer } from './auditedServer.ts';
import { managedFieldsIn } from './loggedBodies.ts';
import { auditedRequest } from './requestInfo.ts';

const HEAD = { apiVersion: 'audit.k8s.io/v1', kind: 'Policy' };
const MINOR = 36;
const POLICIES = Number(process.env.DRAWBRIDGE_AUDIT_POLICIES ?? (process.env.DRAWBRIDGE_LONG_TESTS ? 60 : 6));
const REQUESTS = 200;
/** The same ones each time; another seed plays others. */
const SEED = Number(process.env.DRAWBRIDGE_AUDIT_SEED ?? 20261125);
/** Watches last a second each. */
const AT_ONCE = 24;
/** Time in which an event that must not be there would come. */
const SETTLE_MS = 200;

describe('kube-apiserver under random audit policies', function () {
  this.timeout(60_000 + POLICIES * 30_000);
  const policies = fc.sample(anyPolicy, { numRuns: POLICIES, seed: SEED });
  const total: Record<string, number> = {};
  const count = (what: string, by = 1): void => {
    total[what] = (total[what] ?? 0) + by;
  };
  let server: AuditedServer;

  before(async () => {
    const [first] = policies;
    server = await startAuditedServer(GROUPS, stringify(first));
    const admin = kubeAdmin(server.controlPlane.kubeconfig);
    for (const name of ['shop', 'bank']) {
      await admin.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    }
    await admin.close();
  });
  after(async () => {
    console.log(`      ${policies.length} policies, ${JSON.stringify(total)}`);
    await server?.stop();
  });

  policies.forEach((raw, index) => {
    it(`records ${REQUESTS} requests as we predict, under random policy ${index + 1}`, async () => {
      const policy = read(stringify(raw));
      if (index > 0) await server.use(stringify(raw));
      const sent = await play(server, fc.sample(anyRequest, { numRuns: REQUESTS, seed: SEED + index }));
      await eventually(() => expectLogged(server, policy, sent));
      await sleep(SETTLE_MS);
      for (const [level, by] of Object.entries(expectLogged(server, policy, sent))) count(level, by);
    });
  });

  it('leaves a patch as it was sent, also where managed fields are omitted', async () => {
    await server.use(stringify({ ...HEAD, omitManagedFields: true, rules: [{ level: 'RequestResponse' }] }));
    const path = '/api/v1/namespaces/shop/configmaps';
    const patch = JSON.stringify({ metadata: { managedFields: [{}] }, data: { a: 'd' } });
    const headers = { 'content-type': 'application/merge-patch+json' };
    const body = JSON.stringify({ metadata: { name: 'patched' } });
    await server.ask({ user: 'alice', method: 'POST', path, body });
    const sent = await server.ask({ user: 'alice', method: 'PATCH', path: `${path}/patched`, headers, body: patch });
    expect(sent.status).to.equal(200);
    const [event] = await eventually(() => {
      const events = (server.lines().get(sent.auditId) ?? []).map((line) => record(JSON.parse(line)));
      const complete = events.filter(({ stage }) => stage === 'ResponseComplete');
      expect(complete).to.have.lengthOf(1);
      return complete;
    });
    expect(record(record(event?.requestObject).metadata)).to.have.property('managedFields');
    expect(record(record(event?.responseObject).metadata)).to.not.have.property('managedFields');
  });

  it('meets all levels, long requests, and bodies with and without managed fields', () => {
    for (const what of [
      'None',
      'Metadata',
      'Request',
      'RequestResponse',
      'RequestReceived',
      'ResponseStarted',
      'ResponseComplete',
      'with managed fields',
      'without managed fields',
      'on behalf of another',
      'without a user',
    ]) {
      expect(total[what] ?? 0, what).to.be.greaterThan(0);
    }
  });
});

function read(text: string): AuditPolicy {
  const { policy, mistakes } = readPolicy(text, MINOR);
  expect(mistakes).to.deep.equal([]);
  if (policy === undefined) throw new Error('it is refused');
  return policy;
}

/** Sends them, many at once; by their Audit-ID. */
async function play({ ask }: AuditedServer, requests: readonly AnyRequest[]): Promise<ReadonlyMap<string, AnyRequest>> {
  const sent = new Map<string, AnyRequest>();
  const waiting = requests.values();
  const work = async (): Promise<void> => {
    for (const one of waiting) sent.set((await ask(askedOf(one))).auditId, one);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return sent;
}

interface Logged {
  readonly level: string;
  readonly stage: string;
  readonly impersonatedUser?: object;
}

/**
 * Level, stages and managed fields of each request, as they are in the log and as we predict them.
 * @returns how many there were of what
 */
function expectLogged(
  server: AuditedServer,
  policy: AuditPolicy,
  sent: ReadonlyMap<string, AnyRequest>,
): Readonly<Record<string, number>> {
  const counts: Record<string, number> = { requests: sent.size };
  const count = (what: string): void => {
    counts[what] = (counts[what] ?? 0) + 1;
  };
  const lines = server.lines();
  for (const [id, one] of sent) {
    const request = auditedRequest(one);
    const { level, stages, omitManagedFields, why } = explain(policy, request);
    const events = (lines.get(id) ?? []).map((line) => JSON.parse(line) as Logged);
    const text = `${JSON.stringify(one)}: ${why}`;
    expect(events.map(({ stage }) => stage).sort(), text).to.deep.equal([...stages].sort());
    for (const event of events) {
      expect(event.level, text).to.equal(level);
      for (const hasManagedFields of managedFieldsIn(event)) {
        expect(hasManagedFields, `${text}: managed fields`).to.equal(!omitManagedFields);
        count(hasManagedFields ? 'with managed fields' : 'without managed fields');
      }
      count(event.stage);
      if (event.impersonatedUser !== undefined) count('on behalf of another');
    }
    count(level);
    if (request.user === undefined) count('without a user');
  }
  return counts;
}

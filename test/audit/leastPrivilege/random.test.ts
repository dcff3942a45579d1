import { copyFileSync, statSync } from 'node:fs';
import { expect } from 'chai';
import fc from 'fast-check';
import type { AuditEvent } from '../../../src/audit/event.ts';
import type { LogUsage } from '../../../src/cli/audit/readUsage.ts';
import type { KubeObject } from '../../../src/k8s/object.ts';
import type { KubeAdmin } from '../../support/kubeAdmin.ts';
import { kubeAdmin } from '../../support/kubeAdmin.ts';
import { START_TIMEOUT_MS } from '../../support/sharedControlPlane.ts';
import type { AnyRequest } from '../arbitraryRequest.ts';
import { anyRequest, askedOf } from '../arbitraryRequest.ts';
import type { AuditedServer } from '../auditedServer.ts';
import { startAuditedServer } from '../auditedServer.ts';
import { checksOf, impersonationsOf } from '../propose/asked.ts';
import { describeAsked, isAllowed } from '../propose/authorizer.ts';
import { unneeded } from './minimal.ts';
import { manifestsFor, retargeted, rolesIn, setsOf, usageIn } from './proposed.ts';
import { each, grant, isReviewed } from './reviews.ts';
import { eventsIn } from './world.ts';

const POLICY = 'apiVersion: audit.k8s.io/v1\nkind: Policy\nrules: [{level: Metadata}]\n';
const REQUESTS = process.env.DRAWBRIDGE_LONG_TESTS ? 1_500 : 300;
/** The same ones each time; another seed plays others. */
const SEED = Number(process.env.DRAWBRIDGE_AUDIT_SEED ?? 20261126);
const USERS = ['alice', 'bob', 'carol'] as const;
const GROUPS = ['system:authenticated'];
const narrow = (user: string): string => `${user}-narrow`;
const RBAC = 'rbac.authorization.k8s.io';
const bound = (name: string, role: string, users: readonly string[], namespace?: string): KubeObject => ({
  apiVersion: `${RBAC}/v1`,
  kind: namespace === undefined ? 'ClusterRoleBinding' : 'RoleBinding',
  metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
  roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: role },
  subjects: users.map((user) => ({ kind: 'User', apiGroup: RBAC, name: user })),
});

/**
 * Who deletes all roles of a namespace deletes those that are tried here; and OPTIONS is authorized with no verb at all,
 * which only a star allows: no role can have less.
 */
const isPlayed = ({ who, method, path }: AnyRequest): boolean =>
  USERS.some((user) => user === who) && method !== 'OPTIONS' && !(method === 'DELETE' && path.endsWith('/roles'));

describe('roles from a random log of a kube-apiserver', function () {
  this.timeout(180_000);
  const requests = fc
    .sample(anyRequest, { numRuns: REQUESTS * 2, seed: SEED })
    .filter(isPlayed)
    .slice(0, REQUESTS);
  let server: AuditedServer;
  let admin: KubeAdmin;
  let log: LogUsage;
  let events: readonly AuditEvent[];
  let statuses: readonly number[];
  const total: Record<string, number> = {};
  const add = (what: string, by: number): void => {
    total[what] = (total[what] ?? 0) + by;
  };
  const recorded = (user: string) => {
    const all = [...checksOf(events, user), ...impersonationsOf(events, user)];
    return [...new Map(all.map((asked) => [JSON.stringify(asked), asked])).values()];
  };

  before(async function () {
    this.timeout(START_TIMEOUT_MS);
    const names = [...USERS, ...USERS.map(narrow)];
    server = await startAuditedServer(Object.fromEntries(names.map((name) => [name, ['dev']])), POLICY);
    admin = kubeAdmin(server.controlPlane.kubeconfig);
    // Two are only asked for as objects; there can be no Role in a namespace that is not there.
    for (const name of ['shop', 'bank', 'web', 'db']) {
      await admin.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    }
    await grant(admin, [
      bound('wide', 'cluster-admin', ['alice', 'bob']),
      bound('viewers', 'view', ['carol', 'deployer']),
      bound('editors', 'admin', ['carol'], 'shop'),
    ]);
    const path = server.controlPlane.auditLogPath;
    const mark = statSync(path).size;
    statuses = await play(server, requests, (user) => user);
    events = eventsIn(path, mark);
    log = await usageIn(path);
    const copy = process.env.DRAWBRIDGE_KEEP_AUDIT_LOG;
    if (copy !== undefined) copyFileSync(path, copy);
    for (const user of USERS) {
      const subject = { kind: 'User', apiGroup: RBAC, name: narrow(user) };
      await grant(admin, retargeted(manifestsFor(log, user), subject));
    }
  });
  after(async () => {
    console.log(`      ${requests.length} requests, ${JSON.stringify(total)}`);
    await admin?.close();
    await server?.stop();
  });

  it('lets each user do again all that was allowed, and nothing that was denied', async () => {
    for (const namespace of ['shop', 'bank'])
      for (const kind of ['api/v1/{}/configmaps', 'api/v1/{}/pods', 'apis/apps/v1/{}/deployments'])
        await admin.delete(`/${kind.replace('{}', `namespaces/${namespace}`)}`);
    const again = await play(server, requests, narrow);
    const denials = (codes: readonly number[]) =>
      requests.flatMap((request, index) => (codes[index] === 403 ? [JSON.stringify(request)] : []));
    expect(denials(again)).to.deep.equal(denials(statuses));
    add('answered 403, both times', denials(again).length);
  });

  for (const user of USERS) {
    it(`allows ${user} all that was recorded, with no piece to do without`, async () => {
      const checks = recorded(user);
      const allowed = await each(checks, (asked) => isReviewed(admin, narrow(user), GROUPS, asked));
      expect(checks.filter((_, index) => !allowed[index]).map(describeAsked)).to.deep.equal([]);
      add('checks', checks.length);
      for (const [index, roles] of setsOf(rolesIn(manifestsFor(log, user))).entries()) {
        const theirs = checks.filter((asked) => isAllowed(roles, asked));
        const found = await unneeded(admin, `cut-${user}-${index}`, roles, theirs, GROUPS);
        expect(found.unneeded).to.deep.equal([]);
        add('pieces, each of them needed', found.pieces);
        add('rules', roles.flatMap(({ rules }) => rules as readonly unknown[]).length);
      }
    });
  }
});

/** One after another, since what is there decides what is asked for; watches, which change nothing, beside. */
async function play(
  { ask }: AuditedServer,
  requests: readonly AnyRequest[],
  rename: (user: string) => string,
): Promise<readonly number[]> {
  const statuses: Promise<number>[] = [];
  for (const one of requests) {
    const { user = '', ...rest } = askedOf(one);
    const answer = ask({ ...rest, user: rename(user) }).then(({ status }) => status);
    statuses.push(answer);
    if (!one.path.includes('watch')) await answer;
  }
  return Promise.all(statuses);
}

import { copyFileSync, statSync } from 'node:fs';
import { expect } from 'chai';
import type { AuditEvent } from '../../../src/audit/event.ts';
import type { LogUsage } from '../../../src/cli/audit/readUsage.ts';
import type { KubeObject } from '../../../src/k8s/object.ts';
import type { KubeAdmin } from '../../support/kubeAdmin.ts';
import { kubeAdmin } from '../../support/kubeAdmin.ts';
import { START_TIMEOUT_MS } from '../../support/sharedControlPlane.ts';
import type { AuditedServer } from '../auditedServer.ts';
import { startAuditedServer } from '../auditedServer.ts';
import { checksOf, impersonationsOf } from '../propose/asked.ts';
import { describeAsked, isAllowed } from '../propose/authorizer.ts';
import { unneeded } from './minimal.ts';
import { manifestsFor, retargeted, rolesIn, setsOf, usageIn } from './proposed.ts';
import { each, grant, isReviewed } from './reviews.ts';
import { ACCOUNTS, SCRIPT } from './script.ts';
import { createAccounts, eventsIn, narrow, play, resetObjects, userOf } from './world.ts';

const POLICY = 'apiVersion: audit.k8s.io/v1\nkind: Policy\nrules: [{level: Metadata}]\n';

describe('roles from the log of a kube-apiserver', function () {
  this.timeout(120_000);
  let server: AuditedServer;
  let admin: KubeAdmin;
  let log: LogUsage;
  let events: readonly AuditEvent[];
  let statuses: readonly number[];
  const manifests = new Map<string, readonly KubeObject[]>();
  const total: Record<string, number> = {};
  const add = (what: string, by: number): void => {
    total[what] = (total[what] ?? 0) + by;
  };
  const groupsOf = (account: string) => [
    'system:serviceaccounts',
    `system:serviceaccounts:${account.split('/')[0]}`,
    'system:authenticated',
  ];
  const recorded = (account: string) => {
    const all = [...checksOf(events, userOf(account)), ...impersonationsOf(events, userOf(account))];
    return [...new Map(all.map((asked) => [JSON.stringify(asked), asked])).values()];
  };

  before(async function () {
    this.timeout(START_TIMEOUT_MS);
    server = await startAuditedServer({}, POLICY);
    admin = kubeAdmin(server.controlPlane.kubeconfig);
    await createAccounts(admin);
    await resetObjects(admin);
    const path = server.controlPlane.auditLogPath;
    const mark = statSync(path).size;
    statuses = await play(server.controlPlane, SCRIPT);
    events = eventsIn(path, mark);
    log = await usageIn(path);
    const copy = process.env.DRAWBRIDGE_KEEP_AUDIT_LOG;
    if (copy !== undefined) copyFileSync(path, copy);
    for (const account of ACCOUNTS) manifests.set(account, manifestsFor(log, userOf(account)));
    for (const account of ACCOUNTS) {
      const [namespace, name] = narrow(account).split('/');
      await grant(admin, retargeted(manifests.get(account) ?? [], { kind: 'ServiceAccount', namespace, name }));
    }
  });
  after(async () => {
    console.log(`      ${SCRIPT.length} requests by ${ACCOUNTS.length} accounts, ${JSON.stringify(total)}`);
    await admin?.close();
    await server?.stop();
  });

  it('lets each account do again all that it did, and answers every request as before', async () => {
    expect(
      statuses.filter((status) => status === 403),
      'six denied, and one refused by its quota',
    ).to.have.length(7);
    await resetObjects(admin);
    const again = await play(server.controlPlane, SCRIPT, narrow);
    const told = (codes: readonly number[]) =>
      SCRIPT.map(({ who, method, path }, index) => `${codes[index]} ${who} ${method} ${path}`);
    expect(told(again)).to.deep.equal(told(statuses));
    add('requests made again', again.length);
  });

  for (const account of ACCOUNTS) {
    it(`allows ${account} all that was recorded, by the server's own review`, async () => {
      const checks = recorded(account);
      const user = userOf(narrow(account));
      const allowed = await each(checks, (asked) => isReviewed(admin, user, groupsOf(account), asked));
      expect(checks.filter((_, index) => !allowed[index]).map(describeAsked)).to.deep.equal([]);
      add('checks', checks.length);
    });

    it(`has no piece that ${account} could do without`, async () => {
      for (const [index, roles] of setsOf(rolesIn(manifests.get(account) ?? [])).entries()) {
        const label = `cut-${account.replace('/', '-')}-${index}`;
        const found = await unneeded(admin, label, roles, recordedBy(roles, account), groupsOf(account));
        expect(found.unneeded).to.deep.equal([]);
        add('pieces, each of them needed', found.pieces);
        add('rules', roles.flatMap(({ rules }) => rules as readonly unknown[]).length);
      }
    });
  }

  /** Of what was recorded, what these roles are there for. */
  const recordedBy = (roles: readonly KubeObject[], account: string) =>
    recorded(account).filter((asked) => isAllowed(roles, asked));

  it('never allows what was denied', async () => {
    for (const account of ACCOUNTS) {
      const denied = events.filter(({ decision, user }) => decision === 'forbid' && user.name === userOf(account));
      const checks = checksOf(
        denied.map((event) => ({ ...event, decision: 'allow' as const, code: 200 })),
        userOf(account),
      );
      const user = userOf(narrow(account));
      const allowed = await each(checks, (asked) => isReviewed(admin, user, groupsOf(account), asked));
      expect(checks.filter((_, index) => allowed[index]).map(describeAsked)).to.deep.equal([]);
      add('denied checks', checks.length);
    }
    expect(total['denied checks']).to.be.greaterThan(3);
  });
});

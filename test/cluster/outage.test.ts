import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { eventually } from '../support/eventually.ts';
import { OPERATOR_ACCOUNT, OPERATOR_NAMESPACE } from '../support/install.ts';
import type { RunningOperator } from '../support/operator.ts';
import { startOperator } from '../support/operator.ts';
import { useWorld } from '../support/world.ts';
import { conditionOf, member, shown, staysQuiet, untilQuiet, untilReady, workSince } from './support/look.ts';
import { baselinePath, bindings, DENY, namespacePath, policies, reportPath, roles, VIEWER } from './support/paths.ts';
import { DENY_AND_RBAC, expectRight } from './support/right.ts';
import { baselineOf } from './support/spec.ts';

const NAME = 'outlasts';
const NAMESPACES = ['team-a', 'team-b', 'team-c', 'team-d'];
const OUTAGE_MS = 10_000;
const OPEN = { spec: { ingress: [{}] } };

describe('Outages', function () {
  this.timeout(120_000);
  const world = useWorld();
  const admin = () => world().admin;

  before(async () => {
    for (const namespace of NAMESPACES) await member(world(), namespace, NAME);
    await admin().create(baselineOf(NAME, DENY_AND_RBAC));
    await untilReady(world(), NAME, NAMESPACES.length);
    await untilQuiet(world());
  });

  const untilRight = (withinMs: number): Promise<void> =>
    eventually(() => expectRight(world(), NAMESPACES), { withinMs, everyMs: 20 });
  /** Four ways to drift, one for each namespace. */
  const driftEverywhere = async (): Promise<void> => {
    await admin().delete(policies('team-a', DENY));
    await admin().patch(policies('team-b', DENY), OPEN);
    await admin().patch(roles('team-c', VIEWER), {
      rules: [{ apiGroups: [''], resources: ['secrets'], verbs: ['get'] }],
    });
    const [binding] = await admin().list(bindings('team-d'));
    await admin().delete(bindings('team-d', binding?.metadata.name));
  };
  const requests = (operator: RunningOperator): Promise<number> => operator.metric('rest_client_requests_total');

  it('of the API server hide no namespace that comes or goes meanwhile', async () => {
    await member(world(), 'goes', NAME);
    await untilReady(world(), NAME, NAMESPACES.length + 1);
    process.kill(world().operator().pid, 'SIGSTOP');
    await member(world(), 'comes', NAME);
    await admin().delete(namespacePath('goes'));
    await eventually(async () => expect(await admin().find(namespacePath('goes'))).to.equal(undefined), {
      withinMs: 30_000,
    });
    await world().controlPlane.killApiServer();
    process.kill(world().operator().pid, 'SIGCONT');
    await sleep(1_000);
    await world().controlPlane.startApiServer();
    await eventually(() => admin().get(policies('comes', DENY)), { withinMs: 20_000 });
    await untilReady(world(), NAME, NAMESPACES.length + 1);
    await admin().patch(namespacePath('comes'), { metadata: { labels: { baseline: null } } });
    await admin().patch(baselinePath(NAME), { spec: { excludedNamespaces: ['comes'] } });
    await untilReady(world(), NAME, NAMESPACES.length);
  });

  it('of the API server, killed for ten seconds, are outlasted by the same process, and drift of that time repaired', async () => {
    const operator = world().operator();
    // Drift that the operator could not repair any more: it is stopped until the API server is gone.
    process.kill(operator.pid, 'SIGSTOP');
    await driftEverywhere();
    await sleep(500); // so that the watches' connections hold it
    await world().controlPlane.killApiServer();
    process.kill(operator.pid, 'SIGCONT');
    const before = await requests(operator);
    const logged = operator.lines().length;
    const startedMs = performance.now();
    while (performance.now() - startedMs < OUTAGE_MS) {
      expect((await operator.health('/healthz')).status).to.equal(200);
      expect((await operator.health('/readyz')).status).to.equal(200);
      await sleep(250);
    }
    const sent = (await requests(operator)) - before;
    const lines = operator.lines().length - logged;
    console.log(`      ${sent} requests and ${lines} log lines in ${OUTAGE_MS / 1000} s without an API server`);
    // Two dozen watches that back off, each by itself, and four namespaces.
    expect(sent, 'requests during the outage').to.be.within(8, 450);
    expect(lines, 'log lines during the outage').to.be.below(450);
    await world().controlPlane.startApiServer();
    const backMs = performance.now();
    await untilRight(20_000);
    console.log(`      right again ${Math.round(performance.now() - backMs)} ms after the API server was`);
    await untilReady(world(), NAME, NAMESPACES.length);
    expect(world().operator().pid).to.equal(operator.pid);
    // One drift each, however often its repair was tried, and it lasted as long as it did.
    expect(await operator.metric('drawbridge_drift_detected_total')).to.equal(NAMESPACES.length);
    expect(await operator.metric('drawbridge_repairs_total', { result: 'repaired' })).to.equal(NAMESPACES.length);
    await eventually(async () => {
      const reports = await Promise.all(NAMESPACES.map((namespace) => admin().get(reportPath(namespace))));
      const lasted = reports.map(({ lastDrift }) => lastDrift?.repairedInMs);
      expect(Math.max(...lasted), `${lasted}`).to.be.above(OUTAGE_MS);
    });
  });

  it('are followed by silence once everything is right', async () => {
    await untilQuiet(world());
    const mark = await world().mark();
    await staysQuiet(world(), mark, 5_000);
    const { status } = await world().baseline(NAME);
    expect(status.namespaces).to.deep.include({ governed: NAMESPACES.length, compliant: NAMESPACES.length });
  });

  it('of the API server hide no drift that happens before the watches are back', async () => {
    const operator = world().operator();
    await world().controlPlane.killApiServer();
    await sleep(6_000); // the watches' back-off grows to seconds
    await world().controlPlane.startApiServer();
    await driftEverywhere();
    const backMs = performance.now();
    await untilRight(20_000);
    console.log(`      right again ${Math.round(performance.now() - backMs)} ms after the last drift`);
    await untilReady(world(), NAME, NAMESPACES.length);
    await untilQuiet(world());
    expect(world().operator().pid).to.equal(operator.pid);
  });

  it('of the operator, killed and started again, hide no drift: it is repaired and told at the start', async () => {
    await untilQuiet(world());
    const stopped = world().operator();
    await stopped.kill();
    await driftEverywhere();
    const mark = await world().mark();
    const startedMs = performance.now();
    const operator = await world().startOperator();
    await untilRight(10_000);
    console.log(`      right ${Math.round(performance.now() - startedMs)} ms after the process was started`);
    expect(operator.pid).not.to.equal(stopped.pid);
    await untilReady(world(), NAME, NAMESPACES.length);
    const work = (await workSince(world(), mark)).filter(({ resource }) => resource !== 'securitybaselines');
    expect(work.map(({ namespace }) => namespace).toSorted(), shown(work).join('; ')).to.deep.equal(
      NAMESPACES.toSorted(),
    );
    const told = operator.lines().filter(({ message }) => message === 'drift repaired');
    expect(told.map(({ namespace, change }) => `${namespace} ${change}`).toSorted()).to.deep.equal([
      'team-a missing',
      'team-b modified',
      'team-c modified',
      'team-d missing',
    ]);
  });

  it('of the operator do not make it write on a converged cluster when it starts again', async () => {
    await untilQuiet(world());
    const mark = await world().mark();
    await world().restartOperator('SIGKILL');
    await eventually(async () => expect((await world().operator().health('/readyz')).status).to.equal(200));
    await staysQuiet(world(), mark, 3_000);
    expect(conditionOf(await world().baseline(NAME), 'Compliant')?.status).to.equal('True');
  });

  it('of the API server before the operator starts are waited for', async () => {
    await world().operator().kill();
    const kubeconfig = await world().controlPlane.serviceAccountKubeconfig(OPERATOR_NAMESPACE, OPERATOR_ACCOUNT);
    await world().controlPlane.killApiServer();
    const operator = await startOperator({ kubeconfig });
    try {
      await sleep(3_000);
      expect((await operator.health('/healthz')).status).to.equal(200);
      expect((await operator.health('/readyz')).status).to.equal(500);
      await world().controlPlane.startApiServer();
      await driftEverywhere();
      await untilRight(20_000);
      expect((await operator.health('/readyz')).status).to.equal(200);
    } finally {
      expect(await operator.stop()).to.equal(0);
    }
  });
});

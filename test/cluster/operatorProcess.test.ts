import { createServer } from 'node:net';
import { expect } from 'chai';
import { METRICS } from '../../src/operator/metricTable.ts';
import { eventually } from '../support/eventually.ts';
import { install, OPERATOR_ACCOUNT, OPERATOR_NAMESPACE, renderKustomization } from '../support/install.ts';
import { startOperator } from '../support/operator.ts';
import { useWorld } from '../support/world.ts';
import { member, untilQuiet, untilReady } from './support/look.ts';
import { baselinePath, DENY, policies } from './support/paths.ts';
import { declare, denyOnly, FULL_RBAC } from './support/spec.ts';
import { parsePrometheus } from './supportB/prometheus.ts';
import { connectionsTo, run } from './supportB/run.ts';

const NAME = 'process';
const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const SERVICE_ACCOUNT = `/api/v1/namespaces/${OPERATOR_NAMESPACE}/serviceaccounts/${OPERATOR_ACCOUNT}`;

/** The pool of everything but watches (src/kube/dispatchers.ts), and one that is being replaced. */
const OTHERS = 20;

describe('The operator’s process', function () {
  this.timeout(90_000);
  const world = useWorld();
  const admin = () => world().admin;
  const repaired = async (withinMs = 10_000): Promise<void> => {
    await admin().delete(policies('team-0', DENY));
    await eventually(() => admin().get(policies('team-0', DENY)), { withinMs });
  };

  before(async () => {
    await Promise.all(Array.from({ length: 10 }, (_, index) => member(world(), `team-${index}`, NAME)));
    await declare(world(), NAME, { ...denyOnly({ allow: { apiServer: {} } }), rbac: FULL_RBAC });
    await untilReady(world(), NAME, 10);
  });

  it('answers /healthz and /readyz, and nothing else on that port', async () => {
    for (const path of ['/healthz', '/readyz'] as const) {
      const { status, body } = await world().operator().health(path);
      expect(status, body).to.equal(200);
      expect(body.trimEnd().split('\n').at(-1)).to.equal('ok');
    }
    expect(
      (
        await world()
          .operator()
          .health('/metrics' as '/healthz')
      ).status,
    ).to.equal(404);
  });

  it('serves every metric of the table in the Prometheus text format', async () => {
    await repaired();
    const text = await world().operator().metrics();
    const families = parsePrometheus(text);
    for (const { name, type, help } of METRICS) {
      expect(families.get(name), name).to.deep.include({ type, help });
    }
    const filled = [...families].filter(([, { samples }]) => samples.length > 0).map(([name]) => name);
    for (const name of [
      'controller_runtime_reconcile_total',
      'workqueue_depth',
      'rest_client_requests_total',
      'drawbridge_baseline_info',
      'drawbridge_baseline_condition',
      'drawbridge_namespaces',
      'drawbridge_drift_detected_total',
      'drawbridge_repairs_total',
      'drawbridge_repair_seconds',
      'drawbridge_watch_last_event_timestamp_seconds',
      'drawbridge_store_objects',
      'drawbridge_build_info',
      'process_resident_memory_bytes',
    ]) {
      expect(filled, name).to.include(name);
    }
    expect(text).not.to.contain('namespace="');
  });

  it('lets the series of a baseline vanish with it', async () => {
    await member(world(), 'short', 'short');
    await declare(world(), 'short', denyOnly());
    await untilReady(world(), 'short', 1);
    await admin().delete(policies('short', DENY));
    await eventually(() => admin().get(policies('short', DENY)));
    const series = async (): Promise<readonly string[]> =>
      (await world().operator().metrics()).split('\n').filter((line) => line.includes('baseline="short"'));
    expect((await series()).length).to.be.above(5);
    expect((await series()).join('\n')).to.contain('drawbridge_repairs_total{');
    await admin().delete(baselinePath('short'));
    await eventually(async () => expect(await series()).to.deep.equal([]));
  });

  it('logs one JSON object a line, each with a level and a time, and no secrets', () => {
    const lines = world().operator().lines();
    expect(lines.length).to.be.above(3);
    for (const line of lines) {
      expect(line.level, JSON.stringify(line)).to.be.oneOf(['info', 'warn', 'error', 'debug']);
      expect(Number.isNaN(Date.parse(`${line.timestamp}`)), JSON.stringify(line)).to.equal(false);
      expect(JSON.stringify(line)).not.to.match(/Bearer|eyJ/);
    }
    expect(lines.find(({ message }) => message === 'drift repaired')).to.include.keys(
      'namespace',
      'object',
      'fields',
      'manager',
      'ms',
    );
  });

  it('holds a connection to the API server for each watch, and few others, under load too', async function () {
    if (process.platform !== 'linux') this.skip();
    const port = Number(new URL(world().controlPlane.url).port);
    let most = 0;
    for (let round = 0; round < 5; round += 1) {
      await Promise.all(Array.from({ length: 10 }, (_, index) => admin().delete(policies(`team-${index}`, DENY))));
      most = Math.max(most, connectionsTo(world().operator().pid, port));
      await new Promise((resolve) => setTimeout(resolve, 20));
      most = Math.max(most, connectionsTo(world().operator().pid, port));
    }
    const watches = (await world().operator().metrics()).match(/^drawbridge_store_objects\{/gm)?.length ?? 0;
    console.log(`      at most ${most} connections, with ${watches} watches`);
    expect(most).to.be.within(watches, watches + OTHERS);
    await untilReady(world(), NAME, 10);
  });

  for (const [args, says] of [
    [['operator', '--no-such-flag'], 'unknown option'],
    [['operator', '--log-level', 'loud'], 'error, warn, info, debug'],
    [['operator', '--kubeconfig', '/no/such/file'], '/no/such/file'],
    [['operator', '--metrics-bind-address', 'nowhere:http'], 'nowhere:http'],
    [['operator', '--leader-election-lease-duration', 'soon'], '"soon" is not a duration'],
    [['operator', '--leader-elect', '--leader-election-renew-deadline=20s'], 'shorter than the lease duration'],
    [['oprator'], 'operator'],
  ] as const) {
    it(`exits 2 and says why when called as ${args.join(' ')}`, async () => {
      const more =
        args.length > 1 && !args.includes('--kubeconfig' as never)
          ? ['--kubeconfig', world().controlPlane.kubeconfig]
          : [];
      const { code, stdout, stderr } = await run([...args, ...more]);
      expect(code, stderr).to.equal(2);
      expect(stderr).to.contain(says);
      expect(stdout).to.equal('');
    });
  }

  it('exits 2 when a port is taken, and 0 for help and version', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as { readonly port: number };
    const taken = await run([
      'operator',
      `--kubeconfig=${world().controlPlane.kubeconfig}`,
      `--metrics-bind-address=127.0.0.1:${port}`,
      '--health-probe-bind-address=0',
    ]);
    server.close();
    expect(taken.code, taken.stderr).to.equal(2);
    expect(taken.stderr).to.contain('EADDRINUSE');
    expect((await run(['--help'])).code).to.equal(0);
    const version = await run(['version']);
    expect([version.code, version.stderr]).to.deep.equal([0, '']);
    expect(version.stdout).to.match(/^\d+\.\d+\.\d+\n$/);
  });

  it('ends with 0 within ten seconds of SIGTERM, in the middle of its work', async () => {
    await Promise.all(Array.from({ length: 10 }, (_, index) => admin().delete(policies(`team-${index}`, DENY))));
    const operator = world().operator();
    const startedMs = performance.now();
    expect(await world().stopOperator()).to.equal(0);
    const ms = performance.now() - startedMs;
    console.log(`      ended in ${Math.round(ms)} ms`);
    expect(ms).to.be.below(10_000);
    expect(operator.lines().at(-1)?.message).to.equal('stopped');
    await world().startOperator();
    await untilReady(world(), NAME, 10);
  });

  it('ends with 0 within ten seconds of SIGTERM while the API server is down, at work and at its start', async () => {
    const kubeconfig = await world().controlPlane.serviceAccountKubeconfig(OPERATOR_NAMESPACE, OPERATOR_ACCOUNT);
    process.kill(world().operator().pid, 'SIGSTOP');
    await admin().delete(policies('team-0', DENY));
    await world().controlPlane.killApiServer();
    process.kill(world().operator().pid, 'SIGCONT');
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    const starting = await startOperator({ kubeconfig });
    const startedMs = performance.now();
    expect(await Promise.all([world().stopOperator(), starting.stop()])).to.deep.equal([0, 0]);
    const ms = performance.now() - startedMs;
    console.log(`      ended in ${Math.round(ms)} ms`);
    expect(ms).to.be.below(10_000);
    await world().controlPlane.startApiServer();
    await world().startOperator();
    await untilReady(world(), NAME, 10);
  });

  it('goes on when its token is no longer accepted and its kubeconfig has another one', async () => {
    const newToken = () => world().controlPlane.serviceAccountKubeconfig(OPERATOR_NAMESPACE, OPERATOR_ACCOUNT);
    const { pid } = world().operator();
    await repaired();
    // A token is bound to its ServiceAccount: with that, it ends.
    await admin().delete(SERVICE_ACCOUNT);
    await install(admin());
    await newToken();
    // The API server remembers for ten seconds that it accepted a token.
    const refusals = () => world().operator().metric('rest_client_requests_total', { code: '401' });
    await eventually(
      async () => {
        await repaired();
        expect(await refusals()).to.be.at.least(1);
      },
      { withinMs: 30_000, everyMs: 500 },
    );
    await repaired();
    await untilReady(world(), NAME, 10);
    expect(world().operator().pid).to.equal(pid);
    const refused = await refusals();
    console.log(`      ${refused} requests were refused meanwhile`);
    expect(refused).to.be.below(50);
  });

  // The last test: it takes the API away.
  it('is not ready before the CRDs are installed, and then without a restart', async () => {
    await world().stopOperator();
    const crds = (await renderKustomization('crds')).map(({ metadata }) => `${CRDS}/${metadata.name}`);
    for (const crd of crds) await admin().delete(crd);
    for (const crd of crds) await eventually(async () => expect(await admin().find(crd)).to.equal(undefined));
    const { pid } = await world().startOperator();
    for (let look = 0; look < 10; look += 1) {
      const { status, body } = await world().operator().health('/readyz');
      expect(status, body).to.equal(500);
      expect((await world().operator().health('/healthz')).status).to.equal(200);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    expect((await world().operator().health('/readyz')).body).to.contain('SecurityBaseline');
    await install(admin());
    await eventually(async () => expect((await world().operator().health('/readyz')).status).to.equal(200), {
      withinMs: 20_000,
    });
    await declare(world(), NAME, denyOnly());
    await untilReady(world(), NAME, 10);
    await repaired();
    expect(world().operator().pid).to.equal(pid);
    await untilQuiet(world());
  });
});

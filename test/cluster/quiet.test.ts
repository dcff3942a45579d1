import { expect } from 'chai';
import { eventually } from '../support/eventually.ts';
import { useWorld } from '../support/world.ts';
import { member, shown, staysQuiet, untilCondition, untilQuiet, untilReady } from './support/look.ts';
import { baselinePath, DENY, namespacePath, policies, reportPath } from './support/paths.ts';
import { declare, denyOnly, FULL_RBAC, fullBaseline, makeDns } from './support/spec.ts';

const NAME = 'calm';
const COUNT = 8;
const IDLE_MS = 60_000;

/** DESIGN §1, promise 3. Counted in the API server's log: every write of the operator, of whatever resource. */
describe('A converged cluster sees no write of the operator', function () {
  this.timeout(120_000);
  const world = useWorld();
  const admin = () => world().admin;
  const namespaces = Array.from({ length: COUNT }, (_, index) => `calm-${index}`);

  before(async () => {
    await makeDns(world());
    await admin().create(fullBaseline(NAME));
    await declare(world(), 'looking', { ...denyOnly(), rbac: FULL_RBAC, enforcement: 'Audit' });
    await Promise.all(namespaces.map((name) => member(world(), name, NAME)));
    await member(world(), 'looked-at', 'looking');
    await untilReady(world(), NAME, COUNT);
    await untilCondition(world(), 'looking', 'Compliant', 'False');
    await untilQuiet(world());
  });

  it('while nothing happens for a minute', async function () {
    this.timeout(IDLE_MS + 30_000);
    await staysQuiet(world(), await world().mark(), IDLE_MS);
  });

  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    it(`when the operator starts again after ${signal}, not even for what an Audit baseline reports`, async () => {
      const mark = await world().mark();
      const operator = await world().restartOperator(signal);
      await eventually(async () => expect((await operator.health('/readyz')).status).to.equal(200));
      await eventually(async () =>
        expect(await operator.metric('drawbridge_namespaces', { state: 'compliant' })).to.equal(COUNT),
      );
      await staysQuiet(world(), mark, 3000);
    });
  }

  it('when the operator starts again and a finding is as old as the last process', async () => {
    const [namespace = ''] = namespaces;
    const path = policies(namespace, 'open');
    await admin().post(policies(namespace), {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'open' },
      spec: { podSelector: {}, ingress: [{}] },
    });
    await untilCondition(world(), NAME, 'Compliant', 'False');
    await untilQuiet(world());
    const mark = await world().mark();
    await world().restartOperator();
    await staysQuiet(world(), mark, 3000);
    await admin().delete(path);
    await untilCondition(world(), NAME, 'Compliant', 'True');
    await untilQuiet(world());
  });

  it('but one, when somebody else writes the status of a baseline', async () => {
    const right = (await world().baseline(NAME)).status;
    const mark = await world().mark();
    await admin().patch(`${baselinePath(NAME)}/status`, { status: { summary: '0/0', conditions: [] } });
    await eventually(async () => {
      const { status } = await world().baseline(NAME);
      expect(status.summary).to.equal(right.summary);
      expect(status.conditions.map(({ status: s }: { status: string }) => s)).to.deep.equal(['True', 'True']);
    });
    await untilQuiet(world());
    expect(shown(await world().writesSince(mark, { all: true }))).to.deep.equal([
      `patch securitybaselines/status /${NAME} 200`,
    ]);
  });

  it('but one, when somebody else writes a BaselineReport', async () => {
    const [namespace = ''] = namespaces;
    const right = await admin().get(reportPath(namespace));
    const mark = await world().mark();
    await admin().patch(reportPath(namespace), { summary: 'all is well', sections: [] });
    await eventually(async () => {
      const { summary, sections } = await admin().get(reportPath(namespace));
      expect({ summary, sections }).to.deep.equal({ summary: right.summary, sections: right.sections });
    });
    await untilQuiet(world());
    expect(shown(await world().writesSince(mark, { all: true }))).to.deep.equal([
      `update baselinereports ${namespace}/drawbridge 200`,
    ]);
  });

  it('while an annotation and a foreign label of a namespace are toggled thirty times', async () => {
    const [namespace = ''] = namespaces;
    const mark = await world().mark();
    for (let turn = 0; turn < 30; turn += 1) {
      const value = turn % 2 === 0 ? 'on' : null;
      await admin().patch(namespacePath(namespace), { metadata: { annotations: { a: value }, labels: { l: value } } });
    }
    await staysQuiet(world(), mark, 2000);
  });

  it('when the metadata of a baseline change, and its spec does not', async () => {
    const mark = await world().mark();
    await admin().patch(baselinePath(NAME), { metadata: { annotations: { note: 'x' }, labels: { team: 'y' } } });
    await staysQuiet(world(), mark, 2000);
  });

  it('when somebody annotates and labels an object of ours, and what they wrote stays', async () => {
    const [namespace = ''] = namespaces;
    const path = policies(namespace, DENY);
    const mark = await world().mark();
    await admin().patch(path, { metadata: { annotations: { seen: 'by-backup' }, labels: { velero: 'yes' } } });
    await staysQuiet(world(), mark, 2000);
    await admin().patch(path, { spec: { ingress: [{}] } });
    await eventually(async () => expect((await admin().get(path)).spec.ingress).to.equal(undefined));
    const { metadata } = await admin().get(path);
    expect(metadata.annotations).to.deep.equal({ seen: 'by-backup' });
    expect(metadata.labels).to.deep.include({ velero: 'yes', 'app.kubernetes.io/managed-by': 'drawbridge' });
    await untilQuiet(world());
  });

  it('when pods, Services and policies of others that open nothing come and go', async () => {
    const [namespace = ''] = namespaces;
    const mark = await world().mark();
    const innocent = {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'innocent' },
      spec: { podSelector: {}, ingress: [{ from: [{ podSelector: { matchLabels: { app: 'web' } } }] }] },
    };
    for (let turn = 0; turn < 10; turn += 1) {
      await admin().post(policies(namespace), innocent);
      await admin().post(`/api/v1/namespaces/${namespace}/services`, {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'web' },
        spec: { selector: { app: 'web' }, ports: [{ port: 80 }] },
      });
      await admin().delete(policies(namespace, 'innocent'));
      await admin().delete(`/api/v1/namespaces/${namespace}/services/web`);
    }
    await staysQuiet(world(), mark, 2000);
  });
});

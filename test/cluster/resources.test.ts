import { expect } from 'chai';
import { eventually } from '../support/eventually.ts';
import type { AnyObject } from '../support/kubeAdmin.ts';
import { useWorld } from '../support/world.ts';
import { member, shown, untilQuiet, untilReady, workSince } from './support/look.ts';
import { baselinePath } from './support/paths.ts';
import { declare } from './support/spec.ts';
import { edit, untilFinding, untilNoFinding } from './supportB/findings.ts';

const NAME = 'bounded';
const RESOURCES = {
  quota: { hard: { pods: '50', 'requests.cpu': '4.5', configmaps: '1' } },
  limitRange: { limits: [{ type: 'Container', max: { cpu: '2' }, default: { memory: '0.25Gi' } }] },
};

describe('Quota and limits of a namespace', function () {
  this.timeout(60_000);
  const world = useWorld();
  const admin = () => world().admin;
  const quota = `/api/v1/namespaces/${NAME}/resourcequotas/drawbridge-quota`;
  const limits = `/api/v1/namespaces/${NAME}/limitranges/drawbridge-limits`;
  const specs = async (): Promise<readonly AnyObject['spec'][]> =>
    (await Promise.all([quota, limits].map((path) => admin().get(path)))).map(({ spec }) => spec);
  const wanted = [
    { hard: { pods: '50', 'requests.cpu': '4500m', configmaps: '1' } },
    {
      limits: [
        {
          type: 'Container',
          default: { cpu: '2', memory: '256Mi' },
          defaultRequest: { cpu: '2', memory: '256Mi' },
          max: { cpu: '2' },
        },
      ],
    },
  ];

  it('are written as declared, limits before the quota, and nothing is written after', async () => {
    await member(world(), NAME, NAME);
    const mark = await world().mark();
    await declare(world(), NAME, { resources: RESOURCES });
    await untilReady(world(), NAME, 1);
    expect(await specs()).to.deep.equal(wanted);
    await untilQuiet(world());
    const work = (await workSince(world(), mark, NAME)).map(({ verb, resource }) => `${verb} ${resource}`);
    expect(work).to.deep.equal(['create limitranges', 'create resourcequotas']);
  });

  it('are put right when somebody raises, adds to or deletes them', async () => {
    await admin().patch(quota, { spec: { hard: { pods: '5k' } } });
    await eventually(async () => expect(await specs()).to.deep.equal(wanted));
    await admin()
      .patch(quota, { spec: { scopes: ['BestEffort'] } })
      .catch(() => undefined);
    await admin().patch(limits, { spec: { limits: [] } });
    await eventually(async () => expect(await specs()).to.deep.equal(wanted));
    await admin().delete(quota);
    await admin().delete(limits);
    await eventually(async () => expect(await specs()).to.deep.equal(wanted));
    await untilQuiet(world());
  });

  it('are a finding where more is used than they allow, until it is not, and usage alone writes nothing', async () => {
    await edit(world(), NAME, {
      resources: { ...RESOURCES, quota: { hard: { ...RESOURCES.quota.hard, configmaps: '9' } } },
    });
    await untilReady(world(), NAME, 1);
    for (const name of ['a', 'b', 'c']) {
      await admin().create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: NAME } });
    }
    const used = async () => (await admin().get(quota)).status?.used?.configmaps;
    await eventually(async () => expect(Number(await used())).to.be.at.least(3));
    await untilQuiet(world());
    const mark = await world().mark();
    await admin().create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'd', namespace: NAME } });
    await eventually(async () => expect(Number(await used())).to.be.at.least(4));
    await untilQuiet(world());
    expect(shown(await workSince(world(), mark))).to.deep.equal([]);
    await edit(world(), NAME, { resources: RESOURCES });
    const finding = await untilFinding(world(), NAME, 'UsageAboveQuota', { control: 'resources.quota' }, 20_000);
    expect(finding.message).to.contain('configmaps');
    for (const name of ['a', 'b', 'c', 'd']) await admin().delete(`/api/v1/namespaces/${NAME}/configmaps/${name}`);
    await untilNoFinding(world(), NAME, 'UsageAboveQuota', 20_000);
  });

  it('go with the section, the quota first, and stay with the baseline under Retain', async () => {
    await untilQuiet(world());
    await edit(world(), NAME, { resources: { limitRange: RESOURCES.limitRange, quota: null } });
    await eventually(async () => expect(await admin().find(quota)).to.equal(undefined));
    await admin().get(limits);
    await edit(world(), NAME, { resources: RESOURCES });
    await eventually(async () => expect(await specs()).to.deep.equal(wanted));
    await admin().delete(baselinePath(NAME));
    await untilQuiet(world());
    expect(await specs()).to.deep.equal(wanted);
  });
});

import { expect } from 'chai';
import { eventually } from '../support/eventually.ts';
import type { AnyObject } from '../support/kubeAdmin.ts';
import { useWorld } from '../support/world.ts';
import type { Attack, Target } from './support/attacks.ts';
import { ALLOW_ALL, ATTACKS, anew, deleteButStay } from './support/attacks.ts';
import { member, untilQuiet, untilReady, workSince } from './support/look.ts';
import { bindings, DENY, policies, reportPath, roles, SAME_NAMESPACE, VIEWER } from './support/paths.ts';
import type { ExpectedRepair } from './support/repair.ts';
import { expectRepair } from './support/repair.ts';
import { fullBaseline, makeDns } from './support/spec.ts';
import { asTenant, MALLORY, tamperingWith, whilePaused } from './support/tenant.ts';

const NAME = 'held';

describe('What a tenant breaks is put right, once and at once', function () {
  this.timeout(60_000);
  const world = useWorld();
  const took: number[] = [];
  let members = 0;

  before(async () => {
    await makeDns(world());
    await world().admin.create(fullBaseline(NAME));
  });
  after(() => {
    const sorted = took.toSorted((a, b) => a - b);
    console.log(`      ${took.length} repairs took ${sorted.join(', ')} ms from the event to the acknowledged write`);
  });

  const pathsOf = async (namespace: string): Promise<Record<Attack['on'], readonly [string, string]>> => {
    const [binding] = (await world().admin.list(bindings(namespace))).filter((b) =>
      /^drawbridge-/.test(b.metadata.name),
    );
    return {
      deny: [policies(namespace), DENY],
      sameNamespace: [policies(namespace), SAME_NAMESPACE],
      role: [roles(namespace), VIEWER],
      binding: [bindings(namespace), binding?.metadata.name ?? 'none'],
    };
  };

  /** A converged namespace of its own for each test, so that no test is another one's contest. */
  const target = async (on: Attack['on']): Promise<Target> => {
    members += 1;
    const namespace = `tampered-${members}`;
    await member(world(), namespace, NAME);
    await untilReady(world(), NAME, members);
    const tenant = tamperingWith(await asTenant(world(), namespace));
    await untilQuiet(world(), 300);
    const [collection, name] = (await pathsOf(namespace))[on];
    const path = `${collection}/${name}`;
    const object = await world().admin.get(path);
    const faster = (act: () => Promise<void>) => whilePaused(world(), act);
    return { namespace, path, collection, object, tenant, admin: tamperingWith(world().admin), faster };
  };

  const repairOf = (t: Target, attack: Omit<Attack, 'name' | 'on' | 'act'>): ExpectedRepair => ({
    namespace: t.namespace,
    path: t.path,
    kind: t.object.kind,
    wanted: t.object,
    drifts: [
      {
        change: attack.change ?? 'modified',
        manager: attack.manager ?? (attack.change === 'deleted' ? '' : MALLORY),
      },
    ],
    collectable: attack.collectable === true,
    writes: attack.writes ?? ['update'],
  });

  for (const attack of ATTACKS) {
    it(`when somebody ${attack.name}`, async () => {
      const t = await target(attack.on);
      took.push(await expectRepair(world(), repairOf(t, attack), () => attack.act(t)));
    });
  }

  it('when an administrator gives the Role everything', async () => {
    const t = await target('role');
    const wildcard = [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }];
    took.push(await expectRepair(world(), repairOf(t, {}), () => t.admin.patch(t.path, { rules: wildcard })));
  });

  it('THREATS 2: a foreign finalizer does not keep a deleted deny in the way', async () => {
    const t = await target('deny');
    const repair: ExpectedRepair = {
      ...repairOf(t, { writes: ['update', 'create'] }),
      drifts: [
        { change: 'modified', manager: MALLORY },
        { change: 'deleted', manager: '' },
      ],
    };
    took.push(await expectRepair(world(), repair, () => t.faster(() => deleteButStay(t))));
  });

  it('THREATS 2: a deny found terminating behind a foreign finalizer is made anew', async () => {
    const t = await target('deny');
    await world().stopOperator();
    await deleteButStay(t);
    expect((await world().admin.get(t.path)).metadata.deletionTimestamp).to.be.a('string');
    const mark = await world().mark();
    await world().startOperator();
    await eventually(async () => {
      const { metadata, spec: live } = await world().admin.get(t.path);
      expect([metadata.deletionTimestamp, metadata.finalizers, live]).to.deep.equal([
        undefined,
        undefined,
        t.object.spec,
      ]);
      expect(metadata.uid).not.to.equal(t.object.metadata.uid);
    });
    await untilQuiet(world());
    expect((await workSince(world(), mark)).map(({ verb, name }) => [verb, name])).to.deep.equal([
      ['patch', DENY],
      ['create', DENY],
    ]);
    await untilReady(world(), NAME, members);
  });

  it('THREATS 1: an object with our prefix and label that no baseline declares is pruned, whoever it names', async () => {
    const t = await target('deny');
    const planted = `${policies(t.namespace)}/drawbridge-mine`;
    const labels = { ...t.object.metadata.labels, 'drawbridge.dev/baseline': 'another' };
    const body = { ...(anew(t, { spec: ALLOW_ALL }) as AnyObject), metadata: { name: 'drawbridge-mine', labels } };
    const repair = { ...repairOf(t, { writes: ['delete'] }), path: planted, wanted: undefined };
    took.push(await expectRepair(world(), repair, () => t.tenant.post(t.collection, body)));
  });

  it('THREATS 1: without our label an object under our prefix stays, and is a finding', async () => {
    const t = await target('deny');
    const metadata = { name: 'drawbridge-mine' };
    await t.tenant.post(t.collection, { ...(anew(t, { spec: ALLOW_ALL }) as AnyObject), metadata });
    await eventually(async () => {
      const report = await world().admin.get(reportPath(t.namespace));
      const reasons = report.findings?.map(({ reason }: AnyObject) => reason);
      expect(reasons).to.have.members([
        'ForeignPolicyOpensNamespace',
        'ForeignPolicyReachesBlockedCidr',
        'ReservedNameInUse',
      ]);
    });
    expect(await world().admin.find(`${t.collection}/drawbridge-mine`)).not.to.equal(undefined);
  });
});

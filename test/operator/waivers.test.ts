import { expect } from 'chai';
import type { BaselineReportBody, BaselineWaiverSpec, BaselineWaiverStatus } from '../../src/api/types.ts';
import type { Baseline } from '../../src/core/govern/baseline.ts';
import type { KubeObject } from '../../src/k8s/object.ts';
import { baseline } from '../support/build.ts';
import { refOf, refused } from '../support/buildServer.ts';
import { DAY_MS, rawWaiver, START_MS } from '../support/buildWaiver.ts';
import { cluster, DENY, namespace, operator, REPORT, raw, running } from './engineWorld.ts';

const MINUTE_MS = 60_000;
const WAIVER = refOf(rawWaiver());
const OPEN = { ...DENY, name: 'open' };
const open = (port = 1): KubeObject => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'open', namespace: 'payments' },
  spec: { podSelector: {}, ingress: [{ from: [{ ipBlock: { cidr: `0.0.0.0/${port}` } }, { namespaceSelector: {} }] }] },
});
/** So long after the clock began. */
const endsAfter = (ms: number): Partial<BaselineWaiverSpec> => ({ expiresAt: new Date(START_MS + ms).toISOString() });

type Running = Awaited<ReturnType<typeof running>>;

/** Lets the watch bring what happened, and the reports be written. */
async function pass(world: Pick<Running, 'watch' | 'clock'>, ms = 5000): Promise<void> {
  world.watch();
  await world.clock.advance(ms);
  world.watch();
}

async function waived(
  spec: Partial<BaselineWaiverSpec> = endsAfter(30 * MINUTE_MS),
  by: Baseline = baseline('restricted'),
) {
  const world = await running(by);
  world.server.put(rawWaiver(spec));
  await pass(world);
  return world;
}

/** Another process over the same server. */
async function restarted({ server, clock }: Running): Promise<Running> {
  const again = { ...operator(server, clock), server, clock };
  await again.engine.start();
  await pass(again);
  return again;
}

const report = ({ server }: Pick<Running, 'server'>) => server.get(REPORT) as unknown as BaselineReportBody;
const status = ({ server }: Pick<Running, 'server'>) => server.get(WAIVER)?.status as BaselineWaiverStatus;
const results = (world: Running) =>
  report(world).findings?.map((f) => `${f.result} ${f.reason} ${f.waiver ?? ''}`.trim());
const layer = (world: Running, name: string) => report(world).layers?.find((row) => row.layer === name);
const turnsOf = ({ turns }: Running) => turns.map(({ state }) => state);

describe('a waived control', () => {
  it('loses what it wrote, and is told as waived in the report, the status and the metrics', async () => {
    const world = await waived();
    expect(world.server.get(DENY)).to.equal(undefined);
    expect(report(world)).to.include({ state: 'Waived' });
    expect(results(world)).to.deep.equal(['waived Missing legacy']);
    expect(layer(world, 'network')).to.deep.equal({
      layer: 'network',
      state: 'Waived',
      baseline: 'restricted',
      waiver: 'legacy',
    });
    expect(world.status().namespaces).to.include({ governed: 1, waived: 1, compliant: 0, drifted: 0 });
    expect(world.status().conditions?.map((c) => `${c.type} ${c.status}`)).to.deep.equal([
      'Ready True',
      'Compliant True',
    ]);
    expect(status(world)).to.include({ state: 'Active', matched: 1, observedGeneration: 1 });
    expect(world.engine.waivers()).to.deep.equal({ Active: 1, Expired: 0, Refused: 0, Inert: 0 });
    expect(turnsOf(world)).to.deep.equal(['Active']);
  });

  it('comes back by itself with the second in which the waiver ends, and that is no drift', async () => {
    const world = await waived();
    await pass(world, 30 * MINUTE_MS - world.clock.nowMs() - 1);
    expect(world.server.get(DENY)).to.equal(undefined);
    await pass(world, 2);
    expect(world.server.get(DENY)).to.not.equal(undefined);
    await pass(world);
    expect(report(world)).to.include({ state: 'Compliant' });
    expect(report(world)).to.not.have.any.keys('waivers', 'findings', 'lastDrift');
    expect(status(world)).to.include({ state: 'Expired', matched: 1 });
    expect(turnsOf(world)).to.deep.equal(['Active', 'Expired']);
    expect(world.outcomes.flatMap(({ drifts }) => drifts)).to.deep.equal([]);
  });

  it('comes back within a minute when somebody sets the clock of the wall', async () => {
    const world = await waived();
    const { clock } = world;
    const { timestamp } = clock;
    clock.timestamp = () => new Date(Date.parse(timestamp()) + DAY_MS).toISOString();
    await pass(world, MINUTE_MS);
    expect(world.server.get(DENY)).to.not.equal(undefined);
  });

  it('comes back in the turn in which the waiver is deleted, or edited away', async () => {
    for (const end of [undefined, { namespaces: ['others'] }, { controls: ['network.allow-dns'] }]) {
      const world = await waived();
      if (end === undefined) world.server.delete(WAIVER);
      else world.server.put(rawWaiver(end, { generation: 2 }));
      const before = world.server.writes.length;
      world.watch();
      expect(world.server.writes.slice(before).map(({ ref }) => ref)).to.deep.include(DENY);
      await pass(world);
      expect(report(world)).to.include({ state: 'Compliant' });
    }
  });

  it('comes back when the waiver is being deleted, whatever finalizer holds it', async () => {
    const world = await waived();
    const live = world.server.get(WAIVER) as KubeObject;
    world.server.put({ ...live, metadata: { ...live.metadata, finalizers: ['example.com/hold'] } });
    world.server.delete(WAIVER);
    await pass(world);
    expect(world.server.get(DENY)).to.not.equal(undefined);
  });

  it('is restored by nobody, and what is planted under its name goes as well (THREATS 1)', async () => {
    const world = await waived();
    world.server.put({ ...open(), metadata: { ...open().metadata, name: DENY.name } });
    await pass(world);
    expect(world.server.get(DENY)).to.equal(undefined);
  });

  it('writes nothing over a restart, idle, and says nothing twice', async () => {
    const world = await waived();
    const before = world.server.writes.length;
    await pass(world, 10 * MINUTE_MS);
    const again = await restarted(world);
    await pass(again, 10 * MINUTE_MS);
    expect(world.server.writes.slice(before)).to.deep.equal([]);
    expect(turnsOf(again)).to.deep.equal([]);
  });

  it('comes back by a process that was not there when the waiver ended, and that is no drift either', async () => {
    const world = await waived();
    await world.engine.drain();
    await world.clock.advance(DAY_MS);
    const again = await restarted(world);
    expect(again.server.get(DENY)).to.not.equal(undefined);
    expect(turnsOf(again)).to.deep.equal(['Expired']);
    expect(again.outcomes.flatMap(({ drifts }) => drifts)).to.deep.equal([]);
  });

  it('is waived in a namespace that comes later', async () => {
    const world = await running(baseline('restricted'));
    world.server.put(rawWaiver({ namespaces: ['sandbox-*'] }));
    await pass(world);
    expect(status(world)).to.include({ state: 'Inert', matched: 0 });
    world.server.put(namespace('sandbox-1'));
    await pass(world);
    expect(status(world)).to.include({ state: 'Active', matched: 1 });
    expect(world.server.get({ ...DENY, namespace: 'sandbox-1' })).to.equal(undefined);
    expect(world.server.get(DENY)).to.not.equal(undefined);
  });
});

describe('THREATS 16: a waiver', () => {
  for (const [name, spec] of [
    ['in Audit', { enforcement: 'Audit' }],
    ['of a section in Audit', { network: { enforcement: 'Audit', defaultDeny: ['Ingress', 'Egress'] } }],
    ['that is suspended', { suspend: true }],
  ] as const) {
    it(`removes nothing of a baseline ${name}, and waives what is found`, async () => {
      const world = await running(baseline('restricted'));
      world.server.put(raw(baseline('restricted', spec, { generation: 2 })));
      await pass(world);
      world.server.put(rawWaiver());
      await pass(world);
      expect(world.server.get(DENY)).to.not.equal(undefined);
      world.server.delete(DENY);
      await pass(world);
      expect(results(world)).to.deep.equal(['waived Missing legacy']);
    });
  }

  it('of more than 366 days is Refused, waives nothing, and says so', async () => {
    const world = await waived(endsAfter(367 * DAY_MS));
    expect(world.server.get(DENY)).to.not.equal(undefined);
    expect(status(world)).to.include({ state: 'Refused', matched: 0 });
    expect(status(world).conditions?.map((c) => `${c.type} ${c.status} ${c.reason}`)).to.deep.equal([
      'Stalled True LifeTooLong',
      'Ready False LifeTooLong',
    ]);
    expect(turnsOf(world)).to.deep.equal(['Refused']);
  });

  it('that is prolonged beyond 366 days from its creation is Refused, over a restart as well', async () => {
    const world = await waived(endsAfter(300 * DAY_MS));
    world.clock.spend(200 * DAY_MS);
    world.server.put({ ...rawWaiver(endsAfter(400 * DAY_MS), { generation: 2 }), status: status(world) });
    await pass(world);
    expect(world.server.get(DENY)).to.not.equal(undefined);
    expect(status(world)).to.include({ state: 'Refused' });
    const { seen } = status(world);
    expect(seen?.generation).to.equal(2);
    await restarted(world);
    expect(status(world).seen).to.deep.equal(seen);
  });

  it('for an object holds for the content first seen, over a restart as well', async () => {
    const control = { controls: ['network.foreign-policies'], objects: [{ kind: 'NetworkPolicy', name: 'open' }] };
    const world = await running(baseline('restricted'));
    world.server.put(open());
    await pass(world);
    expect(results(world)).to.deep.equal(['fail ForeignPolicyOpensNamespace']);
    world.server.put(rawWaiver(control));
    await pass(world);
    expect(results(world)).to.deep.equal(['waived ForeignPolicyOpensNamespace legacy']);
    expect(world.server.get(DENY), 'the control stays').to.not.equal(undefined);
    const again = await restarted(world);
    again.server.put(open(0));
    await pass(again);
    expect(results(again)).to.deep.equal(['fail ForeignPolicyOpensNamespace']);
    expect(report(again).waivers?.[0]?.objects).to.have.deep.nested.property('[0].changed', true);
    await restarted(again);
    expect(results(again)).to.deep.equal(['fail ForeignPolicyOpensNamespace']);
    again.server.put(open());
    await pass(again);
    expect(results(again)).to.deep.equal(['waived ForeignPolicyOpensNamespace legacy']);
  });

  it('for an object that holds something else by now says so within a minute: it waives nothing', async () => {
    const objects = [{ kind: 'NetworkPolicy', name: 'open' }];
    const world = await running(baseline('restricted'));
    world.server.put(open());
    await pass(world);
    world.server.put(rawWaiver({ controls: ['network.foreign-policies'], objects }));
    await pass(world);
    expect(status(world)).to.include({ state: 'Active', matched: 1 });
    world.server.put(open(0));
    await pass(world, MINUTE_MS);
    expect(results(world)).to.deep.equal(['fail ForeignPolicyOpensNamespace']);
    expect(status(world)).to.include({ state: 'Inert', matched: 0 });
    const before = world.server.writes.length;
    const again = await restarted(world);
    await pass(again, MINUTE_MS);
    expect([turnsOf(world), turnsOf(again)]).to.deep.equal([['Active', 'Inert'], []]);
    expect(world.server.writes.slice(before)).to.deep.equal([]);
    world.server.put(open());
    await pass(again, MINUTE_MS);
    expect(status(again)).to.include({ state: 'Active', matched: 1 });
  });

  it('for the Namespace itself waives nothing, and says so: what is found of it rests on all that is there', async () => {
    const half = (name: string, cidr: string): KubeObject => ({
      ...open(),
      metadata: { name, namespace: 'payments' },
      spec: { podSelector: {}, ingress: [{ from: [{ ipBlock: { cidr } }] }] },
    });
    const objects = [{ kind: 'Namespace', name: 'payments' }];
    const world = await waived({ controls: ['network.foreign-policies'], objects });
    for (const one of [half('low', '0.0.0.0/1'), half('high', '128.0.0.0/1')]) world.server.put(one);
    await pass(world);
    expect(results(world)).to.deep.equal(['fail ForeignPolicyOpensNamespace']);
    expect(status(world)).to.include({ state: 'Inert', matched: 0 });
  });

  it('for an object keeps foreignPolicies: Remove from removing it, until it is another', async () => {
    const remove = { network: { defaultDeny: ['Ingress', 'Egress'], foreignPolicies: 'Remove' } } as const;
    const objects = [{ kind: 'NetworkPolicy', name: 'open' }];
    const world = await waived({ controls: ['network.foreign-policies'], objects }, baseline('restricted', remove));
    expect(status(world)).to.include({ state: 'Inert' });
    world.server.put(open());
    await pass(world);
    expect(world.server.get(OPEN)).to.not.equal(undefined);
    world.server.put(open(0));
    await pass(world);
    expect(world.server.get(OPEN)).to.equal(undefined);
  });
});

describe('THREATS 19: while waivers', () => {
  it('were never read, nothing is written and the operator is not ready', async () => {
    const { server, clock } = cluster(raw(baseline('restricted')));
    const { engine, watch } = operator(server, clock, { unread: ['BaselineWaiver'] });
    void engine.start();
    await pass({ watch, clock }, DAY_MS);
    expect(server.writes).to.deep.equal([]);
    expect(engine.notReady()).to.contain('BaselineWaiver');
  });

  it('cannot be read, the last known hold, and end at their time', async () => {
    const world = await waived();
    world.store.apply('BaselineWaiver', { type: 'interrupted', cause: 'unreachable', retryInMs: 1000 });
    await pass(world, 10 * MINUTE_MS);
    expect(world.server.get(DENY)).to.equal(undefined);
    await pass(world, 30 * MINUTE_MS);
    expect(world.server.get(DENY)).to.not.equal(undefined);
  });

  it('have a status that may not be written (audit-only), they hold and end all the same', async () => {
    const world = await running(baseline('restricted'));
    world.server.before = ({ ref, verb }) => {
      if (ref.kind === 'BaselineWaiver' && verb === 'patch') throw refused(403, 'forbidden', {}, 'PATCH');
    };
    world.server.put(rawWaiver(endsAfter(30 * MINUTE_MS)));
    await pass(world);
    expect(world.server.get(DENY)).to.equal(undefined);
    await pass(world, 30 * MINUTE_MS);
    expect(world.server.get(DENY)).to.not.equal(undefined);
    expect(turnsOf(world)).to.deep.equal(['Active', 'Expired']);
  });
});

import { expect } from 'chai';
import type { SecurityBaselineSpec } from '../../src/api/types.ts';
import type { Baseline } from '../../src/core/govern/baseline.ts';
import type { KubeObject } from '../../src/k8s/object.ts';
import { baseline } from '../support/build.ts';
import { refOf, refused } from '../support/buildServer.ts';
import { cluster, DENY, namespace, operator, raw } from './engineWorld.ts';

const NAMES = ['payments', 'shop', 'web', 'mail', 'docs', 'bank'];
const PAUSE_MS = 60_000;
const slow = (generation: number, spec: Partial<SecurityBaselineSpec> = {}): Baseline =>
  baseline('restricted', { rollout: { batch: 2, pause: '60s' }, ...spec }, { generation });
const INGRESS: Partial<SecurityBaselineSpec> = { network: { defaultDeny: ['Ingress'] } };
const EGRESS: Partial<SecurityBaselineSpec> = { network: { defaultDeny: ['Egress'] } };

/** Six namespaces that are held at the first generation. */
async function world(...more: readonly Baseline[]) {
  const { server, clock } = cluster(...NAMES.slice(1).map((name) => namespace(name)), ...[slow(1), ...more].map(raw));
  const made = operator(server, clock);
  await made.engine.start();
  await clock.advance(3_000);
  const denies = (): Readonly<Record<string, string>> =>
    Object.fromEntries(NAMES.map((name) => [name, policyTypes(server.get({ ...DENY, namespace: name }))]));
  const at = (types: string): readonly string[] => NAMES.filter((name) => denies()[name] === types);
  const put = async (...baselines: readonly Baseline[]): Promise<void> => {
    for (const one of baselines) {
      const status = server.get(refOf(raw(one)))?.status;
      server.put({ ...raw(one), ...(status === undefined ? {} : { status }) } as KubeObject);
    }
    made.watch();
    await clock.advance(3_000);
    made.watch();
  };
  const ready = () => made.status().conditions?.find(({ type }) => type === 'Ready');
  return { ...made, server, clock, at, put, ready };
}

const policyTypes = (deny: KubeObject | undefined): string =>
  ((deny?.spec as { policyTypes?: readonly string[] } | undefined)?.policyTypes ?? ['none']).join();
const BOTH = 'Ingress,Egress';

describe('a roll-out in batches', () => {
  it('brings an edit to so many namespaces at once, pauses, and says how far it is', async () => {
    const { at, put, clock, ready, status, rollouts, engine } = await world();
    expect(at(BOTH)).to.deep.equal(NAMES);
    await put(slow(2, INGRESS));
    expect(at('Ingress')).to.deep.equal(['payments', 'shop']);
    expect(ready()).to.include({ status: 'Unknown', reason: 'RollingOut', message: 'RollingOut 2/6' });
    expect(status().conditions?.[0]).to.include({ type: 'Reconciling', reason: 'RollingOut' });
    expect(status().rollout).to.include({ done: 2, waiting: 4 });
    expect(status().rollout?.from?.map(({ generation }) => generation)).to.deep.equal([1]);
    expect(status().observedGeneration).to.equal(1);
    expect(engine.rollout('restricted')).to.include({ done: 2, waiting: 4, total: 6 });
    await clock.advance(PAUSE_MS);
    expect(at('Ingress')).to.have.lengthOf(4);
    await clock.advance(PAUSE_MS + 3_000);
    expect(at('Ingress')).to.deep.equal(NAMES);
    expect(ready()).to.include({ status: 'True', reason: 'Succeeded' });
    expect([status().observedGeneration, status().rollout ?? undefined]).to.deep.equal([2, undefined]);
    expect(rollouts).to.deep.equal([{ turn: 'finished', baseline: 'restricted', total: 6 }]);
  });

  it('THREATS 5: repairs drift at once, in a namespace that waits to what it is held at until then', async () => {
    const { at, put, server, watch, clock } = await world();
    await put(slow(2, INGRESS));
    for (const name of ['payments', 'bank']) server.delete({ ...DENY, namespace: name });
    watch();
    await clock.advance(0);
    expect([at('Ingress'), at(BOTH)]).to.deep.equal([['payments', 'shop'], NAMES.slice(2)]);
  });

  it('never lets a new namespace wait', async () => {
    const { put, server, watch, clock } = await world();
    await put(slow(2, INGRESS));
    server.put(namespace('new'));
    watch();
    await clock.advance(0);
    expect(policyTypes(server.get({ ...DENY, namespace: 'new' }))).to.equal('Ingress');
  });

  it('stops when a write fails, says where and why, and goes on when it succeeds', async () => {
    const { at, put, server, clock, ready, rollouts, watch } = await world();
    server.before = ({ ref }) => {
      if (ref.namespace === 'shop' && ref.kind === 'NetworkPolicy') throw refused(403, 'no');
    };
    await put(slow(2, INGRESS));
    await clock.advance(10 * PAUSE_MS);
    expect(at('Ingress')).to.deep.equal(['payments']);
    expect(ready()).to.include({ status: 'Unknown', reason: 'RolloutPaused' });
    expect(ready()?.message).to.match(/^stopped at 2\/6 by shop: RefusedByAdmission; /);
    expect(rollouts.map(({ turn }) => turn)).to.deep.equal(['stopped']);
    server.before = () => {};
    await clock.advance(10 * PAUSE_MS);
    watch();
    await clock.advance(10 * PAUSE_MS);
    expect(at('Ingress')).to.deep.equal(NAMES);
    expect(rollouts.map(({ turn }) => turn)).to.deep.equal(['stopped', 'finished']);
  });

  it('stops where a write loses one race after the other: nobody may hold it up without being named', async () => {
    const { at, put, server, clock, ready, watch } = await world();
    server.before = ({ ref }) => {
      if (ref.namespace === 'shop' && ref.kind === 'NetworkPolicy') throw refused(409, 'the object has been modified');
    };
    await put(slow(2, INGRESS));
    await clock.advance(10 * PAUSE_MS);
    expect(at('Ingress')).to.deep.equal(['payments']);
    expect(ready()).to.include({ status: 'Unknown', reason: 'RolloutPaused' });
    expect(ready()?.message).to.match(/^stopped at 2\/6 by shop: Conflict; /);
    server.before = () => {};
    await clock.advance(10 * PAUSE_MS);
    watch();
    await clock.advance(10 * PAUSE_MS);
    expect(at('Ingress')).to.deep.equal(NAMES);
  });

  it('is told of a baseline whose edit does not reach namespaces that wait for another one', async () => {
    const { at, put, clock, ready, status } = await world();
    await put(baseline('other', { priority: 10, rollout: { batch: 2, pause: '60s' }, ...INGRESS }));
    await put(slow(2, EGRESS));
    expect([at('Ingress').length, at(BOTH).length]).to.deep.equal([2, 4]);
    expect(ready()).to.include({ status: 'Unknown', reason: 'RollingOut' });
    expect(ready()?.message).to.match(/^4 of 4 namespaces are held at an older version/);
    expect(status().observedGeneration).to.equal(1);
    await clock.advance(3 * PAUSE_MS);
    expect(at('Ingress')).to.deep.equal(NAMES);
    expect(ready()).to.include({ status: 'True', reason: 'Succeeded' });
    expect(status().observedGeneration).to.equal(2);
  });

  it('begins anew with the newest edit, and those between keep what they have until their turn', async () => {
    const { at, put, clock } = await world();
    await put(slow(2, INGRESS));
    await put(slow(3, EGRESS));
    expect([at('Egress').length, at('Ingress').length, at(BOTH).length]).to.deep.equal([2, 0, 4]);
    await clock.advance(3 * PAUSE_MS);
    expect(at('Egress')).to.deep.equal(NAMES);
  });

  it('is over with an edit that suspends, or audits: that reaches all at once, and writes nothing', async () => {
    for (const spec of [{ suspend: true }, { enforcement: 'Audit' } as const]) {
      const { at, put, ready, engine } = await world();
      await put(slow(2, INGRESS));
      await put(slow(3, { ...EGRESS, ...spec }));
      expect(engine.rollout('restricted')).to.equal(undefined);
      expect(ready()?.status).to.equal('True');
      expect(at('Ingress')).to.have.lengthOf(2);
    }
  });

  it('is over with an edit without one: what waits is brought to it at once', async () => {
    const { at, put, engine } = await world();
    await put(slow(2, INGRESS));
    await put(baseline('restricted', EGRESS, { generation: 3 }));
    expect([at('Egress'), engine.rollout('restricted')]).to.deep.equal([NAMES, undefined]);
  });

  it('is shorter by those that an edit takes back: they have what is asked for', async () => {
    const { put, at, ready } = await world();
    await put(slow(2, INGRESS));
    await put(slow(3));
    expect(at(BOTH)).to.deep.equal(NAMES);
    expect(ready()).to.include({ status: 'True', reason: 'Succeeded' });
  });

  /** Another process, over the same server. */
  const restart = async ({ server, clock }: Pick<Awaited<ReturnType<typeof world>>, 'server' | 'clock'>) => {
    const next = operator(server, clock);
    await next.engine.start();
    await clock.advance(3_000);
    return next;
  };

  it('goes on after a restart: who waits is held at the old version, which the status keeps', async () => {
    const first = await world();
    const { at, put, clock, server } = first;
    await put(slow(2, INGRESS));
    await first.engine.drain();
    const before = server.writes.length;
    const next = await restart(first);
    // The next batch, and nothing of the others.
    expect([at('Ingress').length, at(BOTH).length]).to.deep.equal([4, 2]);
    const written = server.writes.slice(before).filter(({ ref }) => ref.kind === 'NetworkPolicy');
    expect(written).to.have.lengthOf(2);
    for (const name of ['payments', 'bank']) server.delete({ ...DENY, namespace: name });
    next.watch();
    await clock.advance(0);
    expect([at('Ingress').length, at(BOTH).length]).to.deep.equal([4, 2]);
    await clock.advance(3 * PAUSE_MS);
    expect(at('Ingress')).to.deep.equal(NAMES);
    const done = server.writes.length;
    await restart(first);
    expect(server.writes.slice(done)).to.deep.equal([]);
  });

  it('stands still after a restart where it stood still before', async () => {
    const first = await world();
    const { at, put, clock, server } = first;
    server.before = ({ ref }) => {
      if (ref.namespace === 'shop' && ref.kind === 'NetworkPolicy') throw refused(403, 'no');
    };
    await put(slow(2, INGRESS));
    await first.engine.drain();
    const next = await restart(first);
    await clock.advance(10 * PAUSE_MS);
    expect(next.rollouts).to.deep.equal([]);
    expect(at('Ingress')).to.deep.equal(['payments']);
    expect(next.status().conditions?.find(({ type }) => type === 'Ready')).to.include({ reason: 'RolloutPaused' });
    server.before = () => {};
    await clock.advance(20 * PAUSE_MS);
    expect(at('Ingress')).to.deep.equal(NAMES);
  });

  it('THREATS 3: brings what was edited while nobody ran to the new version at once', async () => {
    const first = await world();
    await first.engine.drain();
    first.server.put(raw(slow(2, INGRESS)));
    await restart(first);
    expect(first.at('Ingress')).to.deep.equal(NAMES);
  });

  it('brings a take-over in batches, also from a baseline that is deleted', async () => {
    const { at, put, clock, server, watch } = await world();
    server.delete({ kind: 'SecurityBaseline', namespace: '', name: 'restricted' });
    await put(baseline('other', { rollout: { batch: '34%', pause: '60s' }, ...INGRESS }));
    expect(at('Ingress')).to.have.lengthOf(3);
    server.delete({ ...DENY, namespace: 'bank' });
    watch();
    await clock.advance(0);
    expect(at(BOTH)).to.have.lengthOf(3);
    await clock.advance(PAUSE_MS);
    expect(at('Ingress')).to.deep.equal(NAMES);
  });
});

import { expect } from 'chai';
import type { BaselineReportBody } from '../../src/api/types.ts';
import type { Baseline } from '../../src/core/govern/baseline.ts';
import { apiServerSlice } from '../core/clusterObjects.ts';
import { baseline, VIEWER } from '../support/build.ts';
import { refOf, refused } from '../support/buildServer.ts';
import { cluster, DENY, namespace, operator, REPORT, raw, running } from './engineWorld.ts';

describe('the engine', () => {
  it('brings a namespace to its baseline, reports it, and then says so in the status', async () => {
    const { server, status, engine } = await running(baseline('restricted', { rbac: VIEWER }));
    expect(server.get(DENY)?.spec).to.deep.equal({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
    expect(server.get(REPORT)).to.include({ summary: 'network by restricted, rbac by restricted; 1 finding' });
    expect(status().conditions?.map(({ type, status: value }) => `${type} ${value}`)).to.deep.equal([
      'Ready True',
      'Compliant False',
    ]);
    expect(engine.notReady()).to.equal(undefined);
  });

  it('repairs what somebody changed in the turn of the event', async () => {
    const { server, watch, clock, outcomes } = await running(baseline('restricted'));
    const before = clock.nowMs();
    server.delete(DENY);
    watch();
    expect(server.writes.at(-1)?.ref).to.deep.equal(DENY);
    await clock.advance(0);
    expect(server.get(DENY)).to.not.equal(undefined);
    expect(outcomes.at(-1)?.drifts.map(({ change, result }) => `${change} ${result}`)).to.deep.equal([
      'deleted repaired',
    ]);
    expect(clock.nowMs()).to.equal(before);
  });

  it('writes nothing once all is right: idle, seeing its own writes, and after a restart', async () => {
    const { server, watch, clock } = await running(baseline('restricted', { rbac: VIEWER }));
    const before = server.writes.length;
    watch();
    await clock.advance(600_000);
    expect(server.writes.slice(before)).to.deep.equal([]);
    const again = operator(server, clock);
    await again.engine.start();
    await clock.advance(600_000);
    again.watch();
    await clock.advance(600_000);
    expect(server.writes.slice(before)).to.deep.equal([]);
  });

  it('looks at nothing when a namespace gets an annotation', async () => {
    const { server, watch, clock, outcomes } = await running(baseline('restricted'));
    const before = outcomes.length;
    const live = server.get({ kind: 'Namespace', namespace: '', name: 'payments' });
    if (live === undefined) throw new Error('no namespace');
    server.put({ ...live, metadata: { ...live.metadata, annotations: { a: 'b' } } });
    watch();
    await clock.advance(1000);
    expect(outcomes.length).to.equal(before);
  });

  it('tells in every report which baseline declares what API servers record, as soon as one does', async () => {
    const { server, watch, clock } = await running(baseline('restricted'));
    const layer = () => (server.get(REPORT) as unknown as BaselineReportBody).layers?.at(-1);
    expect(layer()).to.deep.equal({ layer: 'audit', state: 'None' });
    const audit = baseline('audit', { audit: { level: 'Metadata' }, namespaceSelector: { matchLabels: { none: '' } } });
    server.put(raw(audit));
    watch();
    await clock.advance(5000);
    expect(layer()).to.deep.equal({ layer: 'audit', state: 'Declared', baseline: 'audit' });
  });

  it('THREATS 14: holds a namespace whose label went, over a restart, until the baseline excludes it', async () => {
    const { server, watch, clock, status } = await running(baseline('restricted'));
    server.put({ ...namespace('payments', {}) });
    watch();
    await clock.advance(2000);
    expect(status().namespaces).to.include({ governed: 0, retained: 1 });
    const again = operator(server, clock);
    await again.engine.start();
    server.delete(DENY);
    again.watch();
    await clock.advance(2000);
    expect(server.get(DENY)).to.not.equal(undefined);
    server.put(raw(baseline('restricted', { excludedNamespaces: ['payments'] }, { generation: 2 })));
    again.watch();
    await clock.advance(2000);
    server.delete(DENY);
    again.watch();
    await clock.advance(2000);
    expect(server.get(DENY)).to.equal(undefined);
    expect(server.get(REPORT)).to.equal(undefined);
  });

  it('THREATS 3: prunes on deletion under Delete, then lets the baseline go', async () => {
    const deleting = baseline('restricted', { deletionPolicy: 'Delete' });
    const { server, watch, clock } = await running(deleting, baseline('audit', { enforcement: 'Audit' }));
    server.delete(refOf(raw(deleting)));
    watch();
    await clock.advance(3000);
    expect(server.get(DENY)).to.equal(undefined);
    expect(server.get(refOf(raw(deleting)))).to.equal(undefined);
  });

  it('THREATS 3: takes its policies at admission back before the baseline goes under Delete, and leaves them under Retain', async () => {
    for (const deletionPolicy of ['Delete', 'Retain'] as const) {
      const deleting = baseline('restricted', { deletionPolicy, admission: 'Deny' });
      const { server, watch, clock, status } = await running(deleting);
      const standing = () => server.objects().filter(({ kind }) => kind.startsWith('ValidatingAdmissionPolicy'));
      expect(standing()).to.have.length(10);
      const said = status().conditions?.find(({ type }) => type === 'AdmissionEnforced');
      expect(said).to.include({ status: 'True', reason: 'Enforced' });
      server.delete(refOf(raw(deleting)));
      watch();
      await clock.advance(3000);
      expect(server.get(refOf(raw(deleting)))).to.equal(undefined);
      expect(standing(), deletionPolicy).to.have.length(deletionPolicy === 'Delete' ? 0 : 10);
    }
  });

  it('writes the durable record anew as soon as its kind is back, however long it was away', async () => {
    const { server, store, clock, watch } = await running(baseline('restricted'));
    server.before = ({ verb, ref }) => {
      if (ref.kind === 'BaselineReport' && verb === 'create') throw refused(404, 'the kind is not served', {}, 'POST');
    };
    server.delete(REPORT);
    watch();
    await clock.advance(3_600_000);
    server.before = () => {};
    await clock.advance(10);
    expect(server.get(REPORT), 'it waits for its back-off').to.equal(undefined);
    store.apply('BaselineReport', { type: 'init' });
    store.apply('BaselineReport', { type: 'initDone', resourceVersion: String(2e9) });
    await clock.advance(10);
    expect(server.get(REPORT)?.sections).to.have.length(1);
  });

  it('drains: what runs is finished and nothing more begins', async () => {
    const { engine, server, watch, clock } = await running(baseline('restricted'));
    await engine.drain();
    const before = server.writes.length;
    server.delete(DENY);
    watch();
    await clock.advance(10_000);
    expect(server.writes.length).to.equal(before);
  });
});

describe('the engine of a standby', () => {
  const SLICE = { kind: 'EndpointSlice', namespace: 'default', name: 'kubernetes' };
  const API_SERVER = { ...DENY, name: 'drawbridge-allow-api-server' };
  const doors = (allow: object) => baseline('restricted', { network: { defaultDeny: ['Ingress', 'Egress'], allow } });

  async function standingBy(...baselines: readonly Baseline[]) {
    const { server, clock } = cluster(...baselines.map(raw));
    const made = operator(server, clock);
    await made.engine.follow();
    await clock.advance(2000);
    return { ...made, server, clock };
  }

  it('looks at nothing, keeps nothing and writes nothing, whatever happens', async () => {
    const { server, watch, clock, outcomes, engine } = await standingBy(baseline('restricted'));
    server.put(namespace('checkout'));
    server.put(raw(baseline('second', {}, { generation: 2 })));
    watch();
    engine.served(['cilium.io']);
    await clock.advance(600_000);
    server.delete({ kind: 'Namespace', namespace: '', name: 'checkout' });
    watch();
    await clock.advance(600_000);
    expect(server.writes).to.deep.equal([]);
    expect(outcomes).to.deep.equal([]);
    expect([...engine.ledger.baselines()]).to.deep.equal([]);
    for (const queue of Object.values(engine.queues)) {
      expect(queue.stats()).to.include({ live: 0, bulk: 0, delayed: 0, running: 0, adds: 0 });
    }
  });

  it('has watched all that is in use, and is ready', async () => {
    const { engine, store, server, watch, clock } = await standingBy(baseline('restricted'));
    expect([store.isSynced('NetworkPolicy'), store.isSynced('RoleBinding')]).to.deep.equal([true, false]);
    server.put(raw(baseline('restricted', { rbac: VIEWER }, { generation: 2 })));
    watch();
    await clock.advance(0);
    expect(store.isSynced('RoleBinding')).to.equal(true);
    expect(engine.notReady()).to.equal(undefined);
  });

  it('looks at everything as it is by the time at which it leads, and then says so', async () => {
    const { engine, server, watch, clock, status } = await standingBy(baseline('restricted'));
    server.put(namespace('checkout'));
    server.put(raw(baseline('restricted', { excludedNamespaces: ['payments'] }, { generation: 2 })));
    watch();
    await clock.advance(60_000);
    await engine.start();
    await clock.advance(3000);
    expect(server.get({ ...DENY, namespace: 'checkout' })).to.not.equal(undefined);
    expect(server.get(DENY)).to.equal(undefined);
    expect(status()).to.deep.include({ observedGeneration: 2, summary: '1/1' });
  });

  it('repairs in the turn of the event once it leads', async () => {
    const { engine, server, watch, clock } = await standingBy(baseline('restricted'));
    await engine.start();
    await clock.advance(3000);
    watch();
    server.delete(DENY);
    watch();
    expect(server.writes.at(-1)?.ref).to.deep.equal(DENY);
  });

  it('rests on no fact that was lost before it led: what stands stays, and nothing old is written', async () => {
    const first = await running(doors({ apiServer: {} }));
    const { server, clock } = first;
    const written = server.get(API_SERVER);
    expect(JSON.stringify(written?.spec)).to.contain('192.168.0.10');
    await first.engine.drain();
    const standby = operator(server, clock);
    server.put(apiServerSlice(['192.168.0.99']));
    standby.watch();
    await standby.engine.follow();
    await clock.advance(2000);
    server.delete(SLICE);
    server.delete({ kind: 'Service', namespace: 'default', name: 'kubernetes' });
    standby.watch();
    await clock.advance(2000);
    await standby.engine.start();
    await clock.advance(3000);
    expect(server.get(API_SERVER)?.spec).to.deep.equal(written?.spec);
  });
});

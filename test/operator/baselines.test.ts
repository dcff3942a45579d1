import { expect } from 'chai';
import { contribution } from '../core/tallies.ts';
import { baseline } from '../support/build.ts';
import { baselineWorld, REF } from './baselineWorld.ts';

describe('the status of a baseline', () => {
  it('is written when every namespace has had an outcome, and not before', async () => {
    const { run, state, status } = baselineWorld();
    state.members = { a: contribution(), b: 'pending' };
    expect(await run()).to.deep.equal({ result: 'done' });
    expect(status()).to.equal(undefined);
    state.members = { a: contribution(), b: contribution() };
    await run();
    expect(status()?.summary).to.equal('2/2');
  });

  it('once it was, is written also while namespaces are pending again', async () => {
    const { clock, run, state, status } = baselineWorld();
    await run();
    state.members = { a: 'pending' };
    clock.spend(1000);
    await run();
    expect(status()?.conditions?.map(({ type }) => type)).to.include('Reconciling');
  });

  it('is written at most once a second, and the last word is not lost', async () => {
    const { clock, server, run, state, status } = baselineWorld();
    await run();
    state.members = { a: contribution('drifted') };
    clock.spend(400);
    expect(await run()).to.deep.equal({ result: 'done', againAtMs: 1000 });
    expect(server.writes).to.have.length(1);
    clock.spend(600);
    await run();
    expect(status()?.summary).to.equal('0/1');
    expect(server.writes).to.have.length(2);
  });

  it('waits for the audit section to be looked at, and tells of it then', async () => {
    const { run, state, status } = baselineWorld();
    state.audit = 'pending';
    expect(await run()).to.deep.equal({ result: 'done' });
    expect(status()).to.equal(undefined);
    state.audit = {
      published: { status: 'True', reason: 'Published', message: 'there', stalls: false },
      effective: undefined,
    };
    await run();
    const published = status()?.conditions?.find(({ type }) => type === 'AuditPolicyPublished');
    expect(published).to.include({ status: 'True', reason: 'Published', message: 'there', observedGeneration: 1 });
  });

  it('waits for the look at the cluster, tells of it then, and has nothing of it when nobody asks any more', async () => {
    const { clock, run, state, server, status } = baselineWorld();
    state.cluster = 'pending';
    await run();
    expect(status()).to.equal(undefined);
    const ref = { kind: 'ClusterRoleBinding', namespace: '', name: 'ops' };
    const said = {
      control: 'posture.cluster-grants',
      check: 'SB-RBAC-001',
      reason: 'GrantsEverything',
      message: 'ops.',
    };
    state.cluster = [{ ...said, severity: 'critical', result: 'fail', ref }];
    await run();
    expect(status()?.clusterFindings?.map(({ object }) => object)).to.deep.equal(['ClusterRoleBinding ops']);
    state.cluster = undefined;
    clock.spend(1000);
    await run();
    expect(status()).not.to.have.property('clusterFindings');
    clock.spend(1000);
    await run();
    expect(server.writes).to.have.length(2);
  });

  it('is written only when it differs', async () => {
    const { clock, server, run } = baselineWorld();
    await run();
    for (let i = 0; i < 3; i += 1) {
      clock.spend(1000);
      expect(await run()).to.deep.equal({ result: 'done' });
    }
    expect(server.writes).to.have.length(1);
  });

  it('that somebody else wrote is put right', async () => {
    const { clock, server, run, status } = baselineWorld();
    await run();
    const raw = server.get(REF);
    if (raw === undefined) throw new Error('no baseline');
    server.put({ ...raw, status: { summary: '99/99' } });
    clock.spend(1000);
    await run();
    expect(status()?.summary).to.equal('1/1');
  });

  it('of a baseline made anew under the name waits for its own outcomes', async () => {
    const { server, run, state, status } = baselineWorld();
    await run();
    server.delete(REF);
    server.put({
      apiVersion: 'drawbridge.dev/v1alpha1',
      kind: 'SecurityBaseline',
      metadata: { name: 'restricted', uid: 'another', generation: 1 },
      spec: baseline('restricted').spec,
    });
    state.members = { a: 'pending' };
    await run();
    expect(status()).to.equal(undefined);
  });

  it('of one that is gone is nothing to do', async () => {
    const { server, run } = baselineWorld();
    server.delete(REF);
    expect(await run()).to.deep.equal({ result: 'done' });
    expect(server.writes).to.have.length(0);
  });
});

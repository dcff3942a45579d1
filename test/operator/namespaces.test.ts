import { expect } from 'chai';
import type { Outcome } from '../../src/core/outcome/outcome.ts';
import { called, hooks } from '../controls/network/callbackFixtures.ts';
import { objectOf } from '../support/applied.ts';
import { baseline, entry, FACTS, heldBy, PROD, VIEWER } from '../support/build.ts';
import { refused } from '../support/buildServer.ts';
import { EPOCH_MS, namespaceWorld } from './namespaceWorld.ts';

const restricted = baseline('restricted');
const DENY = { kind: 'NetworkPolicy', namespace: 'payments', name: 'drawbridge-default-deny' };
const open = (name: string, meta: object = {}) =>
  objectOf('NetworkPolicy', name, { spec: { podSelector: {}, ingress: [{}] } }, meta);
const drifts = ({ drifts: all }: Outcome): readonly string[] => all.map(({ change, result }) => `${change} ${result}`);
const reasons = ({ baselines }: Outcome): readonly string[] =>
  baselines.flatMap(({ findings }) => findings.map(({ reason }) => reason));

describe('a look at a namespace', () => {
  it('writes what is missing, and a second look writes nothing', async () => {
    const world = namespaceWorld([baseline('restricted', { rbac: VIEWER })]);
    expect(await world.look()).to.deep.equal({ result: 'done' });
    expect(world.server.writes).to.have.length(3);
    expect(world.last().baselines[0]).to.include({ state: 'compliant', baseline: 'restricted' });
    await world.look();
    expect(world.server.writes).to.have.length(3);
  });

  it('of a roll-out is no drift: the first, an edit, a fact, other labels', async () => {
    const world = namespaceWorld([restricted]);
    await world.look();
    const allow = { dns: {} };
    world.set([baseline('restricted', { network: { defaultDeny: ['Ingress', 'Egress'], allow } }, { generation: 2 })]);
    await world.look();
    const dns = { known: true, value: { services: [], addresses: ['10.96.0.99'], ports: [] } } as const;
    world.facts = { ...FACTS, dns };
    await world.look();
    expect(world.server.writes).to.have.length(3);
    expect(world.outcomes.flatMap(drifts)).to.deep.equal([]);
  });

  it('THREATS 21: of a webhook that comes before the closing holds it up, of one that comes after it lifts nothing', async () => {
    const serving = { ...FACTS, callbacks: called() };
    const first = namespaceWorld([restricted]);
    first.facts = serving;
    await first.look();
    expect(first.server.get(DENY)?.spec).to.deep.equal({ podSelector: {}, policyTypes: ['Egress'] });
    expect(reasons(first.last())).to.deep.equal(['PreflightHeld']);
    expect(first.last().baselines[0]?.state).to.equal('drifted');

    const later = namespaceWorld([restricted]);
    await later.look();
    later.facts = serving;
    await later.look();
    later.server.delete(DENY);
    await later.look();
    expect(later.server.get(DENY)?.spec).to.deep.equal({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
    expect(drifts(later.last())).to.deep.equal(['deleted repaired']);
    expect(reasons(later.last())).to.deep.equal(['CallbackNotAllowed']);
  });

  it('THREATS 6: repairs what was closed once before it is known what runs, and tells of it with the whole answer', async () => {
    const first = namespaceWorld([restricted]);
    await first.look();
    const held = first.governances.held('payments');
    const world = first.restart();
    world.governances.closed('payments', held[0]?.closed ?? []);
    world.unknown = new Set(['Pod']);
    world.server.delete(DENY);
    await world.look();
    expect(world.server.get(DENY)).not.to.equal(undefined);
    expect(world.outcomes, 'half an answer would be a lie').to.deep.equal([]);
    world.unknown = new Set();
    await world.look();
    expect(reasons(world.last())).to.deep.equal([]);
  });

  it('THREATS 25: closes nothing for the first time before it is known what runs', async () => {
    const world = namespaceWorld([restricted]);
    world.unknown = new Set(['Pod']);
    await world.look();
    expect(world.server.writes).to.deep.equal([]);
    world.unknown = new Set();
    await world.look();
    expect(world.server.get(DENY)).not.to.equal(undefined);
    expect(drifts(world.last())).to.deep.equal([]);
  });

  it('of a Service by which the API server gets in is a roll-out: the allow first, then the deny', async () => {
    const allow = { apiServerCallbacks: { cidrs: ['192.0.2.0/24'] } };
    const world = namespaceWorld([baseline('restricted', { network: { defaultDeny: ['Ingress', 'Egress'], allow } })]);
    world.facts = { ...FACTS, callbacks: called() };
    await world.look();
    const count = world.server.writes.length;
    world.server.put(hooks());
    await world.look();
    expect(world.server.writes.slice(count).map(({ verb, ref }) => `${verb} ${ref.name}`)).to.deep.equal([
      'create drawbridge-callback-hooks',
      'update drawbridge-default-deny',
    ]);
    expect(world.outcomes.flatMap(drifts)).to.deep.equal([]);
    expect(reasons(world.last())).to.deep.equal([]);
  });

  it('of what somebody changed is drift, repaired', async () => {
    const world = namespaceWorld([restricted]);
    await world.look();
    world.server.put({ ...open(DENY.name) });
    await world.look();
    expect(drifts(world.last())).to.deep.equal(['modified repaired']);
    world.server.delete(DENY);
    await world.look();
    expect(drifts(world.last())).to.deep.equal(['deleted repaired']);
    expect(world.server.get(DENY)?.spec).to.deep.equal({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
  });

  it('after a restart finds what went missing in a held namespace, and writes nothing where all is right', async () => {
    const world = namespaceWorld([restricted]);
    await world.look();
    const held = { ...heldBy(restricted)[0], enforcement: 'Enforce', held: true };
    world.server.index.set(
      entry('BaselineReport', 'drawbridge', { state: 'Compliant', summary: '', sections: [held] }),
    );
    const quiet = world.restart();
    await quiet.look();
    expect(world.server.writes).to.have.length(1);
    world.server.delete(DENY);
    const again = world.restart();
    await again.look();
    expect(drifts(again.last())).to.deep.equal(['missing repaired']);
  });

  it('in Audit writes nothing and tells the drift once', async () => {
    const world = namespaceWorld([baseline('restricted', { enforcement: 'Audit' })]);
    await world.look();
    await world.look();
    expect(world.server.writes).to.have.length(0);
    expect(world.outcomes.map(drifts)).to.deep.equal([['missing reported'], []]);
    expect(reasons(world.last())).to.deep.equal(['Missing']);
  });

  it('THREATS 14: goes on repairing a namespace that left by its labels', async () => {
    const world = namespaceWorld([restricted]);
    await world.look();
    world.set([restricted], {});
    world.server.delete(DENY);
    await world.look();
    expect(world.server.get(DENY)).to.not.equal(undefined);
    expect(world.last().baselines[0]).to.include({ retained: true });
    expect(reasons(world.last())).to.deep.equal(['LeftByLabel']);
  });

  it('THREATS 17: of a terminating namespace creates nothing and counts for nobody', async () => {
    const world = namespaceWorld([restricted]);
    world.set([restricted], PROD, { deletionTimestamp: 'now' });
    await world.look();
    expect(world.server.writes).to.have.length(0);
    expect(world.last().baselines).to.deep.equal([]);
  });

  it('THREATS 17: tells on the baseline that pods have outlived their namespace by ten minutes, and writes nothing', async () => {
    const world = namespaceWorld([baseline('restricted', { network: { defaultDeny: ['Ingress'] } })]);
    const spec = { containers: [{ name: 'app', image: 'app' }] };
    world.server.put({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'stuck', namespace: 'payments', uid: 'p' },
      spec,
    });
    const deletionTimestamp = new Date(EPOCH_MS + world.clock.nowMs()).toISOString();
    world.set([baseline('restricted', { network: { defaultDeny: ['Ingress'] } })], PROD, { deletionTimestamp });
    const { againAtMs = 0 } = (await world.look()) as { readonly againAtMs?: number };
    expect(world.last().baselines).to.deep.equal([]);
    expect(againAtMs - world.clock.nowMs()).to.equal(600_001);
    await world.clock.advance(600_001);
    await world.look();
    expect(world.last().baselines[0]).to.include({ baseline: 'restricted', state: 'drifted' });
    expect(reasons(world.last())).to.deep.equal(['PodsOutliveNamespace']);
    world.server.delete({ kind: 'Pod', namespace: 'payments', name: 'stuck' });
    await world.look();
    expect(world.last().baselines).to.deep.equal([]);
    expect(world.server.writes).to.have.length(0);
  });

  it('of one that is gone forgets it', async () => {
    const world = namespaceWorld([restricted]);
    world.server.index.delete({ kind: 'Namespace', namespace: '', name: 'payments' });
    expect(await world.look()).to.deep.equal({ result: 'done' });
    expect(world.gone).to.deep.equal(['payments']);
  });

  it('THREATS 19: does not decide a section before its kinds are known, nor say half an answer', async () => {
    const world = namespaceWorld([baseline('restricted', { rbac: VIEWER })]);
    world.ready = new Set(['network']);
    await world.look();
    expect(world.server.writes.map(({ ref }) => ref.kind)).to.deep.equal(['NetworkPolicy']);
    expect(world.outcomes).to.deep.equal([]);
    world.ready = new Set(['network', 'rbac']);
    await world.look();
    expect(world.server.writes.map(({ ref }) => ref.kind)).to.deep.equal(['NetworkPolicy', 'Role', 'RoleBinding']);
    expect(world.outcomes).to.have.length(1);
  });
});

describe('a section that is released', () => {
  const deleting = baseline('restricted', { deletionPolicy: 'Delete' });

  it('THREATS 3: is pruned, and then nothing is outstanding', async () => {
    const world = namespaceWorld([deleting]);
    await world.look();
    world.governances.release('uid-restricted');
    await world.look();
    expect(world.server.get(DENY)).to.equal(undefined);
    expect(world.governances.outstanding('restricted')).to.deep.equal([]);
  });

  it('THREATS 3: stays outstanding while its prune is refused', async () => {
    const world = namespaceWorld([deleting]);
    await world.look();
    world.governances.release('uid-restricted');
    world.server.before = () => {
      throw refused(500);
    };
    await world.look();
    expect(world.governances.outstanding('restricted')).to.deep.equal(['payments']);
    world.server.before = () => {};
    await world.look();
    expect(world.governances.outstanding('restricted')).to.deep.equal([]);
  });

  it('is not held up by another baseline that audits there, whatever that one misses', async () => {
    const audit = baseline('audit', { enforcement: 'Audit', rbac: VIEWER });
    const world = namespaceWorld([deleting, audit]);
    await world.look();
    world.governances.release('uid-restricted');
    await world.look();
    expect(world.server.get(DENY)).to.equal(undefined);
    expect(world.governances.outstanding('restricted')).to.deep.equal([]);
  });
});

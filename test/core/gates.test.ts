import { expect } from 'chai';
import fc from 'fast-check';
import type { Mutation, NamespaceMemory } from '../../src/core/gates/memory.ts';
import { newMemory } from '../../src/core/gates/memory.ts';
import type { Change } from '../../src/core/plan/change.ts';
import { keyOf } from '../../src/k8s/ref.ts';
import { claim, create, liveOf, permit, reasonsOf, recreate, relabel, remove, update } from './changes.ts';

const AUDIT = claim({ enforcement: 'Audit' });
const SUSPENDED = claim({ suspend: true });
const EVERY: readonly Change[] = [
  create('drawbridge-c'),
  update('drawbridge-u'),
  relabel('drawbridge-l'),
  recreate('drawbridge-r'),
  recreate('drawbridge-b', { reason: 'RoleRefReplaced' }),
  remove('drawbridge-n'),
  remove('theirs', 'ForeignPolicy'),
];
const released = remove('drawbridge-x', 'Released');

describe('the gates', () => {
  it('let every change pass that a governor in Enforce asks for', () => {
    const { writes, withheld, wakeAtMs } = permit([...EVERY, released]);
    expect(writes).to.have.members([...EVERY, released]);
    expect(withheld).to.deep.equal([]);
    expect(wakeAtMs).to.equal(undefined);
  });

  it('withhold everything in Audit, and look again only when something changes', () => {
    const result = permit(EVERY, { claim: AUDIT });
    expect(result.writes).to.deep.equal([]);
    expect(new Set(reasonsOf(result))).to.deep.equal(new Set(['Audit']));
    expect(result.wakeAtMs).to.equal(undefined);
  });

  it('THREATS 16: withhold everything of a suspended baseline, removals too', () => {
    const result = permit(EVERY, { claim: SUSPENDED });
    expect(result.writes).to.deep.equal([]);
    expect(new Set(reasonsOf(result))).to.deep.equal(new Set(['Suspended']));
  });

  it('let a release pass whoever audits or rests there meanwhile: the one that lets go asked for it', () => {
    expect(permit([released], { claim: AUDIT }).writes).to.deep.equal([released]);
    expect(permit([released], { claim: SUSPENDED }).writes).to.deep.equal([released]);
  });

  it('never write in Audit or while suspended anything but a release', () => {
    const change = fc.constantFrom(...EVERY, released);
    fc.assert(
      fc.property(fc.array(change), fc.constantFrom(AUDIT, SUSPENDED), fc.boolean(), (changes, by, terminating) => {
        for (const write of permit(changes, { claim: by, terminating }).writes) {
          expect(write.action === 'delete' && write.reason).to.equal('Released');
        }
      }),
    );
  });

  it('THREATS 17: let nothing pass in a terminating namespace but an edit that widens put right', () => {
    const result = permit([...EVERY, released], { terminating: true });
    expect(result.writes.map(({ ref }) => ref.name)).to.deep.equal(['drawbridge-u']);
    expect(new Set(reasonsOf(result))).to.deep.equal(new Set(['NamespaceTerminating']));
  });

  it('name the first gate that withholds', () => {
    expect(reasonsOf(permit([create()], { terminating: true, claim: AUDIT }))).to.deep.equal(['NamespaceTerminating']);
    const both = claim({ enforcement: 'Audit', suspend: true });
    expect(reasonsOf(permit([create()], { claim: both }))).to.deep.equal(['Audit']);
  });
});

describe('what admission changed', () => {
  const mutation: Mutation = {
    uid: 'uid-drawbridge-d',
    resourceVersion: '7',
    fields: ['/spec/ingress'],
    attempts: 1,
    nextMs: 1000,
  };
  const memory: NamespaceMemory = { ...newMemory(0), mutations: new Map([[keyOf(update().ref), mutation]]) };
  const asWritten = update('drawbridge-d', { live: liveOf('drawbridge-d', '7') });

  it('THREATS 10: is not written again before its time, and then it is', () => {
    const early = permit([asWritten], { memory, nowMs: 999 });
    expect(reasonsOf(early)).to.deep.equal(['ChangedByAdmission']);
    expect(early.wakeAtMs).to.equal(1000);
    expect(permit([asWritten], { memory, nowMs: 1000 }).writes).to.deep.equal([asWritten]);
  });

  it('THREATS 10: is put right at once when somebody has edited it since', () => {
    const edited = update('drawbridge-d', { live: liveOf('drawbridge-d', '8') });
    expect(permit([edited], { memory, nowMs: 1 }).writes).to.deep.equal([edited]);
    const another = update('drawbridge-d', { live: { ...liveOf('drawbridge-d', '7'), uid: 'another' } });
    expect(permit([another], { memory, nowMs: 1 }).writes).to.deep.equal([another]);
  });

  it('THREATS 10: is not made anew over and over where admission changes the roleRef', () => {
    const binding = recreate('drawbridge-d', { reason: 'RoleRefReplaced', live: liveOf('drawbridge-d', '7') });
    expect(reasonsOf(permit([binding], { memory, nowMs: 1 }))).to.deep.equal(['ChangedByAdmission']);
    expect(permit([binding], { memory, nowMs: 1000 }).writes).to.deep.equal([binding]);
  });

  it('does not keep a missing object from being created, nor one of ours from being pruned', () => {
    const pruned = remove('drawbridge-d');
    expect(permit([create(), pruned], { memory, nowMs: 1 }).withheld).to.deep.equal([]);
  });

  it('THREATS 3: keeps the deny whose place it takes, and nothing that allows', () => {
    const allow = remove('drawbridge-a');
    const changes = [asWritten, remove('drawbridge-old'), { ...allow, stage: 'prune-allow' as const }];
    const early = permit(changes, { memory, nowMs: 1 });
    expect(reasonsOf(early)).to.deep.equal(['ChangedByAdmission', 'SuccessorChanged']);
    expect(early.writes.map(({ ref }) => ref.name)).to.deep.equal(['drawbridge-a']);
    expect(early.wakeAtMs).to.equal(1000);
    expect(permit(changes, { memory, nowMs: 1000 }).withheld).to.deep.equal([]);
  });

  it('concerns no other object', () => {
    expect(permit([update('drawbridge-e')], { memory, nowMs: 1 }).withheld).to.deep.equal([]);
  });
});

import { expect } from 'chai';
import type { NamespaceMemory } from '../../src/core/gates/memory.ts';
import { CONTEST_FORGOTTEN_MS, CONTESTED_REPAIRS, newMemory } from '../../src/core/gates/memory.ts';
import { contestFindings, isContested, nextForgetMs, remember } from '../../src/core/gates/remember.ts';
import type { ChangeResult, Drift } from '../../src/core/plan/changeResult.ts';
import { ownLabels } from '../../src/core/plan/diff.ts';
import { baseline, entry, governed } from '../support/build.ts';
import { create, liveOf, remove, update } from './changes.ts';

const KEY = 'NetworkPolicy/payments/drawbridge-d';
const drift = (more: Partial<Drift> = {}): Drift => ({
  ref: update().ref,
  section: 'network',
  control: 'network.default-deny',
  baseline: 'restricted',
  change: 'modified',
  fields: ['/spec'],
  manager: 'kubectl',
  result: 'repaired',
  repairedInMs: 4,
  ...more,
});
const written = (change: ChangeResult['change'], answer = liveOf('drawbridge-d', '9')): ChangeResult => ({
  change,
  result: 'written',
  answer,
  atMs: 0,
});
const repaired = (memory: NamespaceMemory, nowMs: number, more: Partial<Drift> = {}): NamespaceMemory =>
  remember(memory, [], [drift(more)], nowMs);

describe('what is contested', () => {
  it('is counted per object: repairs, and the time it stood wrong', () => {
    let memory = newMemory(0);
    for (const nowMs of [1000, 2000, 3000]) memory = repaired(memory, nowMs, { repairedInMs: 10 });
    expect(memory.contests.get(KEY)).to.deep.include({ firstMs: 990, lastMs: 3000, repairs: 3, openMs: 30 });
  });

  it('is called so from the fifth repair on', () => {
    let memory = newMemory(0);
    const verdicts: boolean[] = [];
    for (let i = 0; i < CONTESTED_REPAIRS; i += 1) {
      memory = repaired(memory, i);
      verdicts.push([...memory.contests.values()].some(isContested));
    }
    expect(verdicts).to.deep.equal([false, false, false, false, true]);
  });

  it('counts no drift that was only reported or not repaired', () => {
    expect(repaired(newMemory(0), 1, { result: 'reported', repairedInMs: undefined }).contests.size).to.equal(0);
    expect(repaired(newMemory(0), 1, { result: 'failed', repairedInMs: undefined }).contests.size).to.equal(0);
  });

  it('is forgotten a minute after the last repair, and says when', () => {
    const memory = repaired(repaired(newMemory(0), 0), 5000);
    expect(nextForgetMs(memory)).to.equal(5000 + CONTEST_FORGOTTEN_MS);
    expect(remember(memory, [], [], 5000 + CONTEST_FORGOTTEN_MS - 1).contests.size).to.equal(1);
    const later = remember(memory, [], [], 5000 + CONTEST_FORGOTTEN_MS);
    expect(later.contests.size).to.equal(0);
    expect(nextForgetMs(later)).to.equal(undefined);
  });

  it('THREATS 5: is told with the measured share of time, and what alone ends it', () => {
    let memory = newMemory(0);
    for (let i = 1; i <= 5; i += 1) memory = repaired(memory, i * 1000, { repairedInMs: 50 });
    const kinds = { network: ['NetworkPolicy'], rbac: ['Role', 'RoleBinding'] };
    const [finding] = contestFindings(memory, governed([baseline('restricted')]), kinds);
    expect(finding).to.include({ reason: 'Contested', baseline: 'restricted', result: 'warn', shadow: false });
    expect(finding?.message)
      .to.contain('put right 5 times in 4.')
      .and.to.contain('6.2 % of that time')
      .and.to.contain('admission');
    expect(contestFindings(memory, governed([]), kinds)).to.deep.equal([]);
  });

  it('keeps the memory as it is when nothing happened', () => {
    const memory = newMemory(0);
    expect(remember(memory, [], [], 10)).to.deep.equal(memory);
    expect(remember(memory, [], [], 10).contests).to.equal(memory.contests);
    expect(remember(memory, [], [], 10).mutations).to.equal(memory.mutations);
  });
});

describe('what admission made of a write', () => {
  const labels = ownLabels('restricted', 'network.default-deny');
  const spec = { podSelector: {}, policyTypes: ['Ingress', 'Egress'] };
  const answer = (more: object, meta: object = {}) =>
    entry('NetworkPolicy', 'drawbridge-d', { spec: { ...spec, ...more } }, { labels, resourceVersion: '9', ...meta });

  it('is remembered with its version when it is not what was wanted', () => {
    const memory = remember(newMemory(0), [written(update(), answer({ ingress: [{}] }))], [], 100);
    expect(memory.mutations.get(KEY)).to.deep.equal({
      uid: 'uid-drawbridge-d',
      resourceVersion: '9',
      fields: ['/spec/ingress'],
      attempts: 1,
      nextMs: 1100,
    });
  });

  it('THREATS 10: counts for creates too, and for whatever was added to metadata', () => {
    expect(remember(newMemory(0), [written(create(), answer({ egress: [{}] }))], [], 0).mutations.size).to.equal(1);
    expect(
      remember(newMemory(0), [written(update(), answer({}, { finalizers: ['a/b'] }))], [], 0).mutations.size,
    ).to.equal(1);
  });

  it('is tried again later and later', () => {
    const first = remember(newMemory(0), [written(update(), answer({ ingress: [{}] }))], [], 0);
    const second = remember(first, [written(update(), answer({ ingress: [{}] }))], [], 1000);
    expect(second.mutations.get(KEY)).to.include({ attempts: 2, nextMs: 3000 });
  });

  it('is forgotten when a write comes out right, or the object is pruned', () => {
    const memory = remember(newMemory(0), [written(update(), answer({ ingress: [{}] }))], [], 0);
    expect(remember(memory, [written(update(), answer({}))], [], 1).mutations.size).to.equal(0);
    const gone: ChangeResult = { change: remove('drawbridge-d'), result: 'written', answer: undefined, atMs: 1 };
    expect(remember(memory, [gone], [], 1).mutations.size).to.equal(0);
  });

  it('stays as it was when a write failed', () => {
    const memory = remember(newMemory(0), [written(update(), answer({ ingress: [{}] }))], [], 0);
    const failed: ChangeResult = {
      change: update(),
      result: 'failed',
      refusal: { reason: 'ServerError', message: '', retry: 'backoff' },
    };
    expect(remember(memory, [failed], [], 1).mutations).to.equal(memory.mutations);
  });
});

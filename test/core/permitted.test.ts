import { expect } from 'chai';
import fc from 'fast-check';
import type { NamespaceMemory } from '../../src/core/gates/memory.ts';
import { LABEL_BURST, LABEL_REFILL_MS, mutationBackoffMs, newMemory, refill } from '../../src/core/gates/memory.ts';
import type { Change } from '../../src/core/plan/change.ts';
import { keyOf } from '../../src/k8s/ref.ts';
import { create, permit, reasonsOf, relabel, remove, update } from './changes.ts';

const many = (count: number, make: (name: string) => Change): readonly Change[] =>
  Array.from({ length: count }, (_, i) => make(`drawbridge-${i}`));

describe('the budget of a namespace', () => {
  it('THREATS 5: is fifty writes at once; the rest comes 20 ms later', () => {
    const { writes, withheld, wakeAtMs } = permit(many(60, create), { nowMs: 1000 });
    expect(writes).to.have.length(50);
    expect(new Set(withheld.map(({ reason }) => reason))).to.deep.equal(new Set(['WritesBounded']));
    expect(wakeAtMs).to.equal(1020);
  });

  it('THREATS 5: is never more than fifty writes a second, whatever the demand', () => {
    const step = fc.record({ afterMs: fc.integer({ min: 0, max: 200 }), wanted: fc.integer({ min: 0, max: 80 }) });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 40 }), (steps) => {
        let memory = newMemory(0);
        let nowMs = 0;
        const times: number[] = [];
        for (const { afterMs, wanted } of steps) {
          nowMs += afterMs;
          const result = permit(many(wanted, update), { memory, nowMs });
          memory = result.memory;
          times.push(...result.writes.map(() => nowMs));
        }
        // A full bucket and what came in during the window.
        for (const start of times) {
          expect(times.filter((t) => t >= start && t < start + 1000).length).to.be.at.most(100);
        }
        expect(times.length).to.be.at.most(50 + nowMs / 20);
      }),
    );
  });

  it('is spent and filled again', () => {
    const first = permit(many(50, create), { nowMs: 0 });
    expect(permit([update()], { memory: first.memory, nowMs: 19 }).writes).to.deep.equal([]);
    expect(permit([update()], { memory: first.memory, nowMs: 20 }).writes).to.have.length(1);
    expect(permit(many(60, create), { memory: first.memory, nowMs: 5000 }).writes).to.have.length(50);
  });

  it('THREATS 6: goes to repairs first, in whatever section, so that a flood of prunes delays none', () => {
    const planted = many(200, (name) => remove(name));
    const repair = update('drawbridge-viewer', { section: 'rbac' });
    const { writes, withheld } = permit([...planted, repair]);
    expect(writes).to.include(repair);
    expect(withheld.every(({ change }) => change.action === 'delete')).to.equal(true);
  });

  it('THREATS 20: is five removals of foreign policies a minute', () => {
    const foreign = many(8, (name) => remove(name, 'ForeignPolicy'));
    const first = permit(foreign, { nowMs: 0 });
    expect(first.writes).to.have.length(5);
    expect(reasonsOf(first)).to.deep.equal(['RemovalsBounded', 'RemovalsBounded', 'RemovalsBounded']);
    expect(first.wakeAtMs).to.equal(60_000);
    expect(permit(foreign, { memory: first.memory, nowMs: 59_999 }).writes).to.have.length(0);
    expect(permit(foreign, { memory: first.memory, nowMs: 60_000 }).writes).to.have.length(5);
  });

  it('does not count prunes of ours as removals', () => {
    expect(permit(many(8, (name) => remove(name))).writes).to.have.length(8);
  });

  it('gives the earliest of several times to wake', () => {
    const { memory } = permit(many(50, create), { nowMs: 0 });
    const spent: NamespaceMemory = { ...memory, removals: [0, 0, 0, 0, 0] };
    expect(permit([remove('x', 'ForeignPolicy'), create()], { memory: spent, nowMs: 5 }).wakeAtMs).to.equal(20);
  });

  it('leaves the memory it was given as it was', () => {
    const memory = Object.freeze(newMemory(0));
    permit(many(3, create), { memory });
    expect(memory).to.deep.equal(newMemory(0));
  });
});

describe('repairs of labels alone', () => {
  const change = relabel();
  const contested = (tokens: number): NamespaceMemory => ({
    ...newMemory(0),
    contests: new Map([
      [keyOf(change.ref), { firstMs: 0, lastMs: 0, repairs: 3, openMs: 1, labels: { tokens, atMs: 0 } }],
    ]),
  });

  it('THREATS 5: wait for their bucket: twenty, then one every ten seconds', () => {
    let memory = contested(LABEL_BURST);
    for (let i = 0; i < LABEL_BURST; i += 1) {
      const result = permit([change], { memory, nowMs: 0 });
      expect(result.writes, `repair ${i}`).to.have.length(1);
      memory = result.memory;
    }
    const held = permit([change], { memory, nowMs: 0 });
    expect(reasonsOf(held)).to.deep.equal(['LabelsContested']);
    expect(held.wakeAtMs).to.equal(LABEL_REFILL_MS);
    expect(permit([change], { memory, nowMs: LABEL_REFILL_MS }).writes).to.have.length(1);
  });

  it('THREATS 5: never make a change that may widen wait', () => {
    expect(permit([update()], { memory: contested(0) }).writes).to.have.length(1);
    expect(permit([create()], { memory: contested(0) }).writes).to.have.length(1);
  });

  it('do not wait where nobody contests', () => {
    expect(permit([change]).writes).to.have.length(1);
  });
});

describe('a bucket', () => {
  it('never holds more than its capacity and never loses the time that has passed', () => {
    const step = fc.record({ afterMs: fc.integer({ min: 0, max: 50 }), spend: fc.integer({ min: 0, max: 3 }) });
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        let bucket = { tokens: 5, atMs: 0 };
        let nowMs = 0;
        let spent = 0;
        for (const { afterMs, spend } of steps) {
          nowMs += afterMs;
          bucket = refill(bucket, 5, 10, nowMs);
          expect(bucket.tokens).to.be.within(0, 5);
          const take = Math.min(spend, bucket.tokens);
          bucket = { ...bucket, tokens: bucket.tokens - take };
          spent += take;
        }
        expect(spent).to.be.at.most(5 + nowMs / 10);
      }),
    );
  });
});

describe('the back-off for what admission changes', () => {
  it('THREATS 10: doubles up to a minute and stays there', () => {
    const delays = [1, 2, 3, 4, 5, 6, 7, 8, 9, 50, 5000].map(mutationBackoffMs);
    expect(delays).to.deep.equal([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000, 60_000, 60_000]);
  });
});

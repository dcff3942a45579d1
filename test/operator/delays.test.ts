import { expect } from 'chai';
import fc from 'fast-check';
import { createDelays } from '../../src/operator/delays.ts';

describe('delayed keys', () => {
  it('come out when they are due, the earliest first', () => {
    const delays = createDelays<string>();
    delays.add('c', 30);
    delays.add('a', 10);
    delays.add('b', 20);
    expect(delays.nextMs()).to.equal(10);
    expect(delays.due(9)).to.deep.equal([]);
    expect(delays.due(20)).to.deep.equal(['a', 'b']);
    expect(delays.nextMs()).to.equal(30);
    expect(delays.due(1000)).to.deep.equal(['c']);
    expect(delays.nextMs()).to.equal(undefined);
  });

  it('keep the earliest of two wishes', () => {
    const delays = createDelays<string>();
    delays.add('a', 20);
    delays.add('a', 10);
    delays.add('a', 30);
    expect(delays.size()).to.equal(1);
    expect(delays.due(10)).to.deep.equal(['a']);
    expect(delays.due(100)).to.deep.equal([]);
  });

  it('may be taken back, and asked for anew, later than before', () => {
    const delays = createDelays<string>();
    delays.add('a', 10);
    delays.remove('a');
    expect(delays.size()).to.equal(0);
    expect(delays.nextMs()).to.equal(undefined);
    delays.add('a', 50);
    expect(delays.nextMs()).to.equal(50);
    expect(delays.due(49)).to.deep.equal([]);
    expect(delays.due(50)).to.deep.equal(['a']);
  });

  it('behave as a sorted list would, whatever is asked in whatever order', () => {
    const key = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');
    const ms = fc.integer({ min: 0, max: 20 });
    const step = fc.record({ what: fc.constantFrom('add', 'add', 'remove', 'due'), key, ms });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const delays = createDelays<string>();
        const model = new Map<string, number>();
        for (const { what, key: k, ms: at } of steps) {
          if (what === 'add') {
            delays.add(k, at);
            model.set(k, Math.min(model.get(k) ?? at, at));
          } else if (what === 'remove') {
            delays.remove(k);
            model.delete(k);
          } else expectDue(delays.due(at), model, at);
          expect(delays.size()).to.equal(model.size);
          expect(delays.nextMs()).to.equal(model.size === 0 ? undefined : Math.min(...model.values()));
        }
      }),
      { numRuns: 2000 },
    );
  });
});

/** Takes out of the model what is due, in order of time. */
function expectDue(took: readonly string[], model: Map<string, number>, nowMs: number): void {
  const due = [...model].filter(([, at]) => at <= nowMs);
  expect(took.toSorted()).to.deep.equal(due.map(([key]) => key).toSorted());
  expect(took.map((key) => model.get(key))).to.deep.equal(due.map(([, at]) => at).toSorted((a, b) => a - b));
  for (const [key] of due) model.delete(key);
}

import { expect } from 'chai';
import type { RolloutSpec } from '../../../src/api/types.ts';
import type { Rollout, Standing } from '../../../src/core/rollout/rollout.ts';
import { doneCount, moved, newRollout, step, totalCount, withWaiting } from '../../../src/core/rollout/rollout.ts';

const TERMS: RolloutSpec = { batch: 2, pause: '10s' };
const begun = (waiting: number, terms = TERMS): Rollout => step(withWaiting(newRollout(terms), waiting), 0).rollout;
const all = (rollout: Rollout, to: Standing): Rollout =>
  Array.from({ length: rollout.batch.open }).reduce<Rollout>((state) => moved(state, 'open', to), rollout);

describe('a roll-out', () => {
  it('lets a batch through, and no more while nothing is said of it', () => {
    const first = step(withWaiting(newRollout(TERMS), 5), 0);
    expect(first).to.include({ letThrough: 2, phase: 'running', wakeAtMs: undefined });
    expect(step(first.rollout, 60_000)).to.include({ letThrough: 0, phase: 'running', wakeAtMs: undefined });
    expect([doneCount(first.rollout), totalCount(first.rollout)]).to.deep.equal([0, 5]);
  });

  it('pauses when the whole batch is written, then lets the next one through', () => {
    const half = step(moved(begun(5), 'open', 'changed'), 1_000);
    expect(half).to.include({ letThrough: 0, wakeAtMs: undefined });
    const full = step(moved(half.rollout, 'open', 'changed'), 2_000);
    expect(full).to.include({ letThrough: 0, wakeAtMs: 12_000 });
    expect(step(full.rollout, 11_999)).to.include({ letThrough: 0, wakeAtMs: 12_000 });
    const next = step(full.rollout, 12_000);
    expect(next).to.include({ letThrough: 2, anew: true });
    expect([doneCount(next.rollout), totalCount(next.rollout)]).to.deep.equal([2, 5]);
  });

  it('gives the place of a namespace in which nothing differed to the next, without a pause', () => {
    expect(step(all(begun(5), 'unchanged'), 0)).to.include({ letThrough: 2, anew: false, wakeAtMs: undefined });
    expect(step(moved(begun(5), 'open', 'unchanged'), 0)).to.include({ letThrough: 1 });
  });

  it('stops while a namespace is in trouble, in the batch or in the pause, and goes on when that is gone', () => {
    const troubled = moved(begun(5), 'open', 'troubled');
    expect(step(troubled, 0)).to.include({ letThrough: 0, phase: 'stopped', wakeAtMs: undefined });
    const paused = step(all(begun(5), 'changed'), 0).rollout;
    const late = moved(paused, 'changed', 'troubled');
    expect(step(late, 99_000)).to.include({ letThrough: 0, phase: 'stopped' });
    expect(step(moved(late, 'troubled', 'changed'), 99_000)).to.include({ letThrough: 2, phase: 'running' });
  });

  it('is finished when nobody waits and something is said of all, even of one in trouble', () => {
    expect(step(begun(2), 0).phase).to.equal('running');
    expect(step(all(begun(2), 'changed'), 0).phase).to.equal('finished');
    expect(step(all(begun(1), 'troubled'), 0).phase).to.equal('finished');
    expect(step(newRollout(TERMS), 0).phase).to.equal('finished');
  });

  it('takes a percentage of all that it concerns, done or not', () => {
    const begin = begun(30, { batch: '10%', pause: '0s' });
    expect(begin.batch.open).to.equal(3);
    const paused = step(all(begin, 'changed'), 0).rollout;
    expect(step(paused, 0)).to.include({ letThrough: 3 });
  });

  it('goes on without a pause that is none', () => {
    const paused = step(all(begun(4, { batch: 2, pause: '0s' }), 'changed'), 5);
    expect(paused.wakeAtMs).to.equal(5);
    expect(step(paused.rollout, 5).letThrough).to.equal(2);
  });
});

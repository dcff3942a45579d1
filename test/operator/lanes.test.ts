import { expect } from 'chai';
import type { Lanes } from '../../src/operator/lanes.ts';
import { createLanes } from '../../src/operator/lanes.ts';

const take = (lanes: Lanes, count: number, liveOnly = false): readonly (string | undefined)[] =>
  Array.from({ length: count }, () => lanes.take(liveOnly)?.key);

describe('the lanes', () => {
  it('give live keys before bulk keys, each in order of arrival', () => {
    const lanes = createLanes();
    lanes.add('b1', 'bulk', 0);
    lanes.add('l1', 'live', 1);
    lanes.add('b2', 'bulk', 2);
    lanes.add('l2', 'live', 3);
    expect(take(lanes, 5)).to.deep.equal(['l1', 'l2', 'b1', 'b2', undefined]);
  });

  it('give one in eight from bulk, so that neither starves', () => {
    const lanes = createLanes();
    for (let i = 0; i < 30; i += 1) {
      lanes.add(`l${i}`, 'live', 0);
      lanes.add(`b${i}`, 'bulk', 0);
    }
    const taken = take(lanes, 24).map((key) => key?.[0]);
    expect(taken.flatMap((lane, at) => (lane === 'b' ? [at] : []))).to.deep.equal([7, 15, 23]);
  });

  it('give nothing from bulk when only live is asked for', () => {
    const lanes = createLanes();
    lanes.add('b', 'bulk', 0);
    expect(take(lanes, 10, true)).to.deep.equal(new Array(10).fill(undefined));
    lanes.add('l', 'live', 0);
    expect(take(lanes, 1, true)).to.deep.equal(['l']);
  });

  it('hold a key once: live wins, and the earliest time stays', () => {
    const lanes = createLanes();
    lanes.add('a', 'bulk', 5);
    lanes.add('a', 'live', 9);
    lanes.add('a', 'bulk', 1);
    expect([lanes.size('live'), lanes.size('bulk')]).to.deep.equal([1, 0]);
    expect(lanes.take(false)).to.deep.equal({ key: 'a', sinceMs: 5 });
    expect(lanes.has('a')).to.equal(false);
  });

  it('forget what they are told to', () => {
    const lanes = createLanes();
    lanes.add('a', 'live', 0);
    lanes.add('b', 'bulk', 0);
    lanes.delete('a');
    lanes.delete('b');
    expect(lanes.has('a') || lanes.has('b')).to.equal(false);
    expect(lanes.take(false)).to.equal(undefined);
  });
});

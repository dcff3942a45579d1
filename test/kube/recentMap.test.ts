import { expect } from 'chai';
import { createRecentMap } from '../../src/kube/recentMap.ts';

describe('A map of what is recent', () => {
  it('forgets what was used longest ago when it is full', () => {
    const map = createRecentMap<string, number>(2, 1_000);
    map.set('a', 1, 0);
    map.set('b', 2, 1);
    map.get('a', 2);
    map.set('c', 3, 3);
    expect(['a', 'b', 'c'].map((key) => map.get(key, 4))).to.deep.equal([1, undefined, 3]);
  });

  it('forgets what was not used for its time, so that it does not fill up with what is over', () => {
    const map = createRecentMap<number, string>(1_000_000, 1_000);
    for (let atMs = 0; atMs < 100_000; atMs += 10) map.set(atMs, 'over before long', atMs);
    expect(map.size()).to.equal(100);
  });

  it('keeps what is used, and all of it when the clock is set back', () => {
    const map = createRecentMap<string, number>(10, 1_000);
    map.set('a', 1, 10_000);
    for (let atMs = 10_000; atMs <= 20_000; atMs += 500) map.get('a', atMs);
    map.set('b', 2, 20_400);
    map.set('c', 3, 5_000);
    expect(map.size()).to.equal(3);
  });
});

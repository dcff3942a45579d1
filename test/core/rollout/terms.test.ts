import { expect } from 'chai';
import { batchOf, pauseMsOf } from '../../../src/core/rollout/terms.ts';

describe('the terms of a roll-out', () => {
  for (const [batch, total, size] of [
    ['10%', 41, 5],
    ['10%', 5, 1],
    ['1%', 0, 1],
    ['100%', 41, 41],
    [3, 41, 3],
    [1, 0, 1],
    ['nonsense', 41, 1],
    [0, 41, 1],
  ] as const) {
    it(`change ${size} of ${total} namespaces at once for ${batch}`, () =>
      expect(batchOf({ batch, pause: '1s' }, total)).to.equal(size));
  }

  for (const [pause, ms] of [
    ['60s', 60_000],
    ['1h30m', 5_400_000],
    ['250ms', 250],
    ['0s', 0],
    ['99999h', 86_400_000],
    ['soon', 86_400_000],
  ] as const) {
    it(`pause for ${ms} ms for ${pause}`, () => expect(pauseMsOf({ batch: 1, pause })).to.equal(ms));
  }
});

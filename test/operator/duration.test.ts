import { expect } from 'chai';
import { parseDuration } from '../../src/operator/duration.ts';

describe('a duration', () => {
  for (const [text, ms] of [
    ['15s', 15_000],
    ['500ms', 500],
    ['1.5m', 90_000],
    ['2h', 7_200_000],
    ['0s', 0],
  ] as const) {
    it(`may be "${text}"`, () => expect(parseDuration(text)).to.equal(ms));
  }

  for (const text of ['', '15', '15 s', '-1s', '1m30s', 's', '1d', '.5s', '1e3s']) {
    it(`is not "${text}", and it is said what to write instead`, () => {
      expect(() => parseDuration(text)).to.throw(`"${text}" is not a duration: write "15s"`);
    });
  }
});

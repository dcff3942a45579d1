import { expect } from 'chai';
import { MAX_LIFE_MS, validityAt } from '../../../src/core/waive/validity.ts';
import { DAY_MS, START_MS, waiver } from '../../support/buildWaiver.ts';

const YEAR = 366;
const at = (days: number): number => START_MS + days * DAY_MS;
const stateOf = (times: { readonly made?: number; readonly seen?: number; readonly ends: number }, now = 1): string => {
  const { made = 0, seen = made, ends } = times;
  const one = waiver('w', {}, { createdAtMs: at(made), seenAtMs: at(seen), expiresAtMs: at(ends) });
  return validityAt(one, at(now)).state;
};

describe('THREATS 16: the life of a waiver', () => {
  it('ends with the very millisecond of expiresAt', () => {
    const one = waiver('w', {}, { expiresAtMs: at(30) });
    expect([at(30) - 1, at(30), at(30) + 1].map((now) => validityAt(one, now).state)).to.deep.equal([
      'Valid',
      'Expired',
      'Expired',
    ]);
  });

  const cases: readonly (readonly [string, Parameters<typeof stateOf>[0], string])[] = [
    ['of 366 days is taken', { ends: YEAR }, 'Valid'],
    ['of a day more is refused', { ends: YEAR + 1 }, 'Refused'],
    ['counts from its creation, however often it is prolonged', { seen: 300, ends: 400 }, 'Refused'],
    ['counts from when it was seen, if the creation is dated ahead', { made: 500, seen: 0, ends: 600 }, 'Refused'],
    ['is not longer for a clock of the operator that is half an hour behind', { seen: -1 / 48, ends: YEAR }, 'Valid'],
    ['is longer if it was seen two hours before its creation', { seen: -1 / 12, ends: YEAR }, 'Refused'],
    ['that is long over is refused all the same, if it was too long', { made: -900, ends: 0 }, 'Refused'],
    ['that is over is over', { made: -30, ends: 0 }, 'Expired'],
  ];
  for (const [name, times, state] of cases) it(name, () => expect(stateOf(times)).to.equal(state));

  it('that cannot be read is refused', () => {
    for (const more of [{ expiresAtMs: Number.NaN }, { createdAtMs: Number.NaN }, { seenAtMs: Number.NaN }]) {
      expect(validityAt(waiver('w', {}, more), at(1))).to.include({ state: 'Refused', reason: 'LifeUnknown' });
    }
  });

  it('that is refused says what to write instead', () => {
    const long = waiver('w', {}, { expiresAtMs: START_MS + MAX_LIFE_MS + 1 });
    expect(validityAt(long, at(1))).to.deep.include({
      reason: 'LifeTooLong',
      message:
        'it would live 367 days, and a waiver lives at most 366 from when it was made: write an earlier expiresAt, or make a new waiver',
    });
  });
});

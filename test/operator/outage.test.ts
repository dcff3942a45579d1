import { expect } from 'chai';
import { outageEnds } from '../../src/operator/outage.ts';

const ends = (answers: readonly (readonly [atMs: number, code: string])[]): readonly number[] => {
  let nowMs = 0;
  const ended: number[] = [];
  const answered = outageEnds(
    () => nowMs,
    () => void ended.push(nowMs),
  );
  for (const [atMs, code] of answers) {
    nowMs = atMs;
    answered(code);
  }
  return ended;
};

describe('the end of an outage', () => {
  it('is told once, with the first answer after a second without any', () => {
    const lost = [500, 900, 2_000, 9_000].map((atMs) => [atMs, '<error>'] as const);
    expect(ends([[0, '200'], ...lost, [9_500, '403'], [9_600, '200']])).to.deep.equal([9_500]);
  });

  it('is not what follows one request that failed among others that did not', () => {
    const mixed = Array.from({ length: 40 }, (_, i) => [i * 100, i % 2 === 0 ? '<error>' : '200'] as const);
    expect(ends(mixed)).to.deep.equal([]);
  });
});

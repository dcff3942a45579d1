import { expect } from 'chai';
import type { SecurityBaselineSpec } from '../../../src/api/types.ts';
import type { Candidate } from '../../../src/controls/admission/wish.ts';
import { admissionWish } from '../../../src/controls/admission/wish.ts';
import { baseline } from '../../support/build.ts';

const candidate = (name: string, spec: Partial<SecurityBaselineSpec>, releasing = false): Candidate => ({
  baseline: name,
  spec: baseline(name, spec).spec,
  releasing,
});

describe('What is to become of policies at admission', () => {
  const asks = candidate('a', { admission: 'Deny' });
  const rests = candidate('a', { admission: 'Deny', suspend: true });
  const audits = candidate('a', { admission: 'Deny', enforcement: 'Audit' });
  const silent = candidate('a', {});
  const TABLE: readonly (readonly [string, readonly Candidate[], readonly string[], string])[] = [
    ['nobody ever asked', [silent], [], 'leave'],
    ['one asks', [asks], [], 'hold a'],
    ['one only audits', [audits], [], 'leave'],
    ['the one that asked is suspended', [rests], ['a'], 'leave'],
    ['the one that asked only audits by now', [audits], ['a'], 'leave'],
    ['it is taken out of the section of one that enforces', [silent], ['a'], 'prune'],
    ['it is taken out while the baseline is suspended', [candidate('a', { suspend: true })], ['a'], 'leave'],
    ['THREATS 3: the one that asked is gone', [candidate('b', {})], ['a'], 'leave'],
    ['THREATS 3: one of those that asked is gone', [silent], ['a', 'b'], 'leave'],
    ['the one that asked is released', [candidate('a', { admission: 'Deny' }, true)], ['a'], 'prune'],
    [
      'another one asks, and one that rests had something in force',
      [rests, candidate('b', { admission: 'Warn' })],
      ['a'],
      'hold a b',
    ],
    [
      'another one asks, and one that rests had nothing',
      [rests, candidate('b', { admission: 'Warn' })],
      ['b'],
      'hold b',
    ],
    [
      'another one asks, and one is released',
      [candidate('a', { admission: 'Deny' }, true), candidate('b', { admission: 'Warn' })],
      ['a', 'b'],
      'hold b',
    ],
  ];
  for (const [what, candidates, recorded, expected] of TABLE) {
    it(`${what}: ${expected}`, () => {
      const wish = admissionWish(candidates, new Set(recorded));
      const sources = wish.type === 'hold' ? wish.sources.map((source) => ` ${source.baseline}`) : [];
      expect([wish.type, ...sources].join('')).to.equal(expected);
    });
  }

  it('takes a word that only a newer version knows for the strictest', () => {
    const wish = admissionWish([candidate('a', { admission: 'Quarantine' as never })], new Set());
    expect(wish.type === 'hold' && wish.sources.map(({ action }) => action)).to.deep.equal(['Deny']);
  });
});

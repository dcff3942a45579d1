import { expect } from 'chai';
import fc from 'fast-check';
import type { Condition } from '../../src/api/types.ts';
import type { NewCondition } from '../../src/core/outcome/conditions.ts';
import { mergeConditions } from '../../src/core/outcome/conditions.ts';

const OWNED = ['Ready', 'Stalled', 'Reconciling', 'Compliant'];
const next = (type: string, status: Condition['status'] = 'True', reason = 'R'): NewCondition => ({
  type,
  status,
  reason,
  message: 'm',
  observedGeneration: 1,
});
const at = (condition: NewCondition, lastTransitionTime: string): Condition => ({ ...condition, lastTransitionTime });

describe('conditions', () => {
  it('date from now when they are new', () => {
    expect(mergeConditions([], [next('Ready')], OWNED, 'now')).to.deep.equal([at(next('Ready'), 'now')]);
  });

  it('keep their transition time while the status stays, whatever reason and message say', () => {
    const before = [at(next('Ready', 'True', 'Old'), 'then')];
    expect(mergeConditions(before, [next('Ready', 'True', 'New')], OWNED, 'now')).to.deep.equal([
      at(next('Ready', 'True', 'New'), 'then'),
    ]);
    expect(mergeConditions(before, [next('Ready', 'False')], OWNED, 'now')[0]?.lastTransitionTime).to.equal('now');
  });

  it('of ours go when they are no longer said, and come back as new', () => {
    const before = [at(next('Stalled'), 'then'), at(next('Ready', 'False'), 'then')];
    const merged = mergeConditions(before, [next('Ready', 'False')], OWNED, 'now');
    expect(merged.map(({ type }) => type)).to.deep.equal(['Ready']);
    const again = mergeConditions(merged, [next('Stalled')], OWNED, 'later');
    expect(again[0]?.lastTransitionTime).to.equal('later');
  });

  it('of others stay as they are', () => {
    const foreign = at(next('TheirsOnly', 'Unknown'), 'then');
    expect(mergeConditions([foreign], [next('Ready')], OWNED, 'now')).to.deep.include(foreign);
  });

  it('come as Stalled, Reconciling, Ready, Compliant, then by name', () => {
    const merged = mergeConditions(
      [at(next('Zeta'), 't'), at(next('Alpha'), 't')],
      ['Compliant', 'Ready', 'Reconciling', 'Stalled'].map((type) => next(type)),
      OWNED,
      'now',
    );
    expect(merged.map(({ type }) => type)).to.deep.equal([
      'Stalled',
      'Reconciling',
      'Ready',
      'Compliant',
      'Alpha',
      'Zeta',
    ]);
  });

  it('move their transition time exactly when the status moves', () => {
    const status = fc.constantFrom<Condition['status']>('True', 'False', 'Unknown');
    const step = fc.dictionary(fc.constantFrom(...OWNED), fc.tuple(status, fc.string({ maxLength: 2 })));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 8 }), (steps) => {
        let conditions: readonly Condition[] = [];
        steps.forEach((said, index) => {
          const wanted = Object.entries(said).map(([type, [value, reason]]) => next(type, value, reason));
          const merged = mergeConditions(conditions, wanted, OWNED, `t${index}`);
          for (const { type, status: value, lastTransitionTime } of merged) {
            const old = conditions.find((c) => c.type === type);
            expect(lastTransitionTime).to.equal(old?.status === value ? old.lastTransitionTime : `t${index}`);
          }
          expect(mergeConditions(merged, wanted, OWNED, 'later')).to.deep.equal(merged);
          conditions = merged;
        });
      }),
    );
  });
});

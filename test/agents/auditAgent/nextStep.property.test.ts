import { expect } from 'chai';
import fc from 'fast-check';
import type { Happening, Model } from './nodeModel.ts';
import { createModel, happen, POLICY, stateOf } from './nodeModel.ts';

const NODES = 2;
const node = fc.nat(NODES - 1);
const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 12, arbitrary: fc.record({ type: fc.constant('agent' as const), node }) },
  { weight: 4, arbitrary: fc.record({ type: fc.constant('kubelet' as const), node }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constantFrom('kill' as const, 'serverEnds' as const), node }) },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant('publish' as const),
      policy: fc.constantFrom(undefined, POLICY.one, POLICY.two, POLICY.bad, POLICY.odd),
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constantFrom('minutePasses', 'apiGoes', 'apiComes') }) },
) as fc.Arbitrary<Happening>;

const history = fc.array(happening, { maxLength: 150 });
const GOOD = new Set(Object.values(POLICY));

function expectSafe(model: Model): void {
  for (const { policy } of model.nodes) expect(GOOD.has(policy), 'the file in force was judged').to.equal(true);
  const trying = model.nodes.filter((one) => stateOf(one).trying !== undefined);
  expect(trying.length, 'nodes in a roll-out').to.be.at.most(1);
  // Whoever goes forward or back has what it goes back to.
  for (const one of trying) {
    const { good = '' } = stateOf(one);
    expect(one.copies.has(good), 'a copy of the last good policy').to.equal(true);
    expect(model.mark, 'the mark').to.equal(one.name);
  }
}

/** Everything works again, and nothing new is published. */
function settle(model: Model): void {
  happen(model, { type: 'apiComes' });
  for (let round = 0; round < 200; round += 1) {
    for (let index = 0; index < NODES; index += 1) {
      happen(model, { type: 'kubelet', node: index });
      for (let step = 0; step < 3; step += 1) happen(model, { type: 'agent', node: index });
    }
    if (round % 20 === 19) happen(model, { type: 'minutePasses' });
  }
}

describe('The steps of the audit agent, whatever happens in whatever order', () => {
  it('leave a judged policy in force, a copy to go back to, and one node at a time in a roll-out', () => {
    fc.assert(
      fc.property(history, (happenings) => {
        const model = createModel(NODES);
        for (const one of happenings) {
          happen(model, one);
          expectSafe(model);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('end with servers that are ready, with the published policy or a good one, and nobody waiting', () => {
    fc.assert(
      fc.property(history, (happenings) => {
        const model = createModel(NODES);
        for (const one of happenings) happen(model, one);
        settle(model);
        expectSafe(model);
        expect(model.mark).to.equal('');
        for (const one of model.nodes) {
          const { trying, refused, good } = stateOf(one);
          expect(trying).to.equal(undefined);
          expect(one.isReady).to.equal(true);
          expect(one.policy).to.equal(one.reads);
          expect([POLICY.bad, POLICY.odd]).to.not.include(one.reads);
          const isRefused =
            refused.some(({ sha256 }) => sha256 === model.wanted) || model.refused.has(model.wanted ?? '');
          if (model.wanted !== undefined && !isRefused) {
            expect({ policy: one.policy, good }).to.deep.equal({ policy: model.wanted, good: model.wanted });
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  it('try a policy that ends servers on one node, once', () => {
    fc.assert(
      fc.property(history, (happenings) => {
        const model = createModel(NODES);
        for (const one of happenings) happen(model, one);
        happen(model, { type: 'publish', policy: POLICY.bad });
        settle(model);
        expect(model.begun.get(POLICY.bad)).to.equal(1);
        expect(model.begun.get(POLICY.odd) ?? 0).to.be.at.most(1);
      }),
      { numRuns: 300 },
    );
  });
});

import { expect } from 'chai';
import type { Outcome } from '../../src/core/outcome/outcome.ts';
import type { Drift } from '../../src/core/plan/changeResult.ts';
import { createAttribution } from '../../src/operator/attribution/attribution.ts';
import type { Change, ChangedObject, Evidence } from '../../src/operator/evidence/evidence.ts';
import { createClock } from '../support/buildClock.ts';

const driftOf = (name: string, more: Partial<Drift> = {}): Drift => ({
  ref: { kind: 'NetworkPolicy', namespace: 'payments', name },
  section: 'network',
  control: 'network.default-deny',
  baseline: 'restricted',
  change: 'deleted',
  fields: [],
  manager: '',
  result: 'repaired',
  repairedInMs: 4,
  ...more,
});

function attributing() {
  const clock = createClock();
  const state = { changes: [] as Change[], asked: [] as ChangedObject[], isDown: false };
  const told: string[] = [];
  const evidence = {
    changes: async (object) => {
      state.asked.push(object);
      if (state.isDown) throw new Error('nobody answers');
      return state.changes;
    },
  } as Pick<Evidence, 'changes'> as Evidence;
  const { sink } = createAttribution({
    clock,
    evidence,
    whoAmI: async () => ({ name: 'operator', groups: [] }),
    onAuthor: (drift, { user }) => void told.push(`${drift.ref.name} ${user}`),
    onUnknown: (drift) => void told.push(`${drift.ref.name} nobody`),
  });
  return {
    state,
    told,
    clock,
    saw: (...drifts: Drift[]) => sink({ drifts } as unknown as Outcome),
    comes: (user: string) => state.changes.unshift({ verb: 'delete', user, at: clock.timestamp() } as Change),
  };
}

describe('attribution', () => {
  it('names the author as soon as the event has come, asking by resource', async () => {
    const { saw, comes, clock, told, state } = attributing();
    saw(driftOf('deny'));
    await clock.advance(10_000);
    expect(told).to.deep.equal([]);
    comes('mallory');
    await clock.advance(10_000);
    expect(told).to.deep.equal(['deny mallory']);
    expect(state.asked[0]).to.deep.equal({
      group: 'networking.k8s.io',
      resource: 'networkpolicies',
      namespace: 'payments',
      name: 'deny',
    });
    const asked = state.asked.length;
    await clock.advance(200_000);
    expect(state.asked.length).to.equal(asked);
  });

  it('gives up in the end, and says that nobody is known', async () => {
    const { saw, clock, told, state } = attributing();
    saw(driftOf('deny'));
    await clock.advance(300_000);
    expect(told).to.deep.equal(['deny nobody']);
    expect(state.asked.length).to.be.below(25);
  });

  it('outlasts a receiver that is away for a moment', async () => {
    const { saw, comes, clock, told, state } = attributing();
    state.isDown = true;
    comes('mallory');
    saw(driftOf('deny'));
    await clock.advance(20_000);
    state.isDown = false;
    await clock.advance(20_000);
    expect(told).to.deep.equal(['deny mallory']);
  });

  it('asks once for a repair that is tried again', async () => {
    const { saw, clock, state } = attributing();
    saw(driftOf('deny', { again: true }));
    await clock.advance(10_000);
    expect(state.asked).to.deep.equal([]);
  });

  it('is bounded: of thousands of drifts at once, those beyond a thousand are nobody’s', () => {
    const { saw, told } = attributing();
    saw(...Array.from({ length: 3_000 }, (_, index) => driftOf(`p-${index}`)));
    expect(told).to.have.length(2_000);
  });
});

import { expect } from 'chai';
import fc from 'fast-check';
import type { VirtualClock } from '../support/buildClock.ts';
import { createClock } from '../support/buildClock.ts';
import type { Candidate, Fate } from './leaseServer.ts';
import { createCandidate, createLeaseServer, TIMES } from './leaseServer.ts';

/** Something that happens to one of the candidates, so long after what happened before. */
interface Happening {
  readonly afterMs: number;
  readonly who: number;
  readonly what: 'freeze' | 'thaw' | 'sleep' | 'stop' | 'start' | 'jump' | 'bump';
  readonly amountMs: number;
}

const NAMES = ['a', 'b', 'c'] as const;
const STEP_MS = 250;

const fates: fc.Arbitrary<Fate> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ thereMs: fc.integer({ min: 1, max: 300 }), backMs: fc.integer({ min: 1, max: 300 }) }),
  },
  // On its way for longer than the client waits, and stored all the same.
  {
    weight: 1,
    arbitrary: fc.record({ thereMs: fc.integer({ min: 1, max: 9_000 }), backMs: fc.integer({ min: 1, max: 9_000 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      thereMs: fc.constant(10),
      backMs: fc.constant(10),
      lost: fc.constantFrom('request' as const, 'answer' as const),
    }),
  },
);
const happenings: fc.Arbitrary<Happening> = fc.record({
  afterMs: fc.integer({ min: 0, max: 12_000 }),
  who: fc.nat({ max: NAMES.length - 1 }),
  what: fc.constantFrom('freeze', 'freeze', 'thaw', 'thaw', 'sleep', 'stop', 'start', 'jump', 'bump'),
  amountMs: fc.integer({ min: 0, max: 30_000 }),
});
const histories = fc.record({
  happenings: fc.array(happenings, { minLength: 5, maxLength: 20 }),
  fates: fc.array(fates, { minLength: 20, maxLength: 60 }),
  /** How late each hears of a change, if at all. */
  watchDelaysMs: fc.array(fc.option(fc.integer({ min: 1, max: 20_000 }), { nil: undefined }), {
    minLength: NAMES.length,
    maxLength: NAMES.length,
  }),
  randoms: fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), {
    minLength: NAMES.length,
    maxLength: NAMES.length,
  }),
});
type History = typeof histories extends fc.Arbitrary<infer T> ? T : never;

/** Three candidates through a history, then a quiet time. Answers how often somebody was elected. */
async function live({ happenings: events, fates: drawn, randoms, watchDelaysMs }: History) {
  const clock = createClock();
  const server = createLeaseServer(clock);
  let requests = 0;
  let quiet = false;
  server.fate = () => {
    requests += 1;
    return quiet ? { thereMs: 5, backMs: 5 } : (drawn[requests % drawn.length] ?? { thereMs: 5, backMs: 5 });
  };
  // A process that ended comes again under another identity, as a pod does.
  const lives = NAMES.map(() => 0);
  const ever: Candidate[] = [];
  /** One clock of each. When a machine sleeps and is set back within seconds both are, and nothing in it could tell. */
  const wrong = new Map<Candidate, string>();
  const mayBeWrong = (one: Candidate, which: string): boolean => {
    if (!wrong.has(one)) wrong.set(one, which);
    return wrong.get(one) === which;
  };
  const born = (who: number): Candidate => {
    const name = `${NAMES[who]}${lives[who]}`;
    lives[who] = (lives[who] ?? 0) + 1;
    const made = createCandidate(clock, server, name, {
      offsetMs: who * 1e7,
      random: randoms[who] ?? 0.5,
      watchDelayMs: watchDelaysMs[who],
    });
    made.elector.start();
    ever.push(made);
    return made;
  };
  const all = NAMES.map((_, who) => born(who));
  const alone = (): void => {
    const leaders = ever.filter(({ elector }) => elector.leads()).map(({ name }) => name);
    expect(leaders.length, `${leaders} at ${clock.nowMs()}`).to.be.at.most(1);
  };
  const pass = async (ms: number): Promise<void> => {
    const untilMs = clock.nowMs() + ms;
    while (clock.nowMs() < untilMs) {
      await clock.advance(Math.min(STEP_MS, untilMs - clock.nowMs()));
      alone();
    }
  };
  await pass(6_000);
  for (const { afterMs, who, what, amountMs } of events) {
    await pass(afterMs);
    await happen(clock, all, who, what, amountMs, born, server, mayBeWrong);
    alone();
  }
  quiet = true;
  for (const one of all) one.thaw();
  await pass(TIMES.durationMs);
  for (const [who, one] of all.entries()) {
    if (one.hasEnded()) all[who] = born(who);
  }
  await pass(TIMES.durationMs + 12_000);
  expect(
    ever.some(({ elector }) => elector.leads()),
    'somebody leads in the end',
  ).to.equal(true);
  return ever.filter(({ told }) => told.includes('elected')).length;
}

async function happen(
  clock: VirtualClock,
  all: Candidate[],
  who: number,
  what: Happening['what'],
  amountMs: number,
  born: (who: number) => Candidate,
  server: ReturnType<typeof createLeaseServer>,
  mayBeWrong: (one: Candidate, clock: 'monotonic' | 'wall') => boolean,
): Promise<void> {
  const one = all[who];
  if (one === undefined) return;
  switch (what) {
    case 'freeze':
      return one.freeze();
    case 'thaw':
      return one.thaw();
    case 'sleep':
      one.freeze();
      await clock.advance(amountMs);
      if (mayBeWrong(one, 'monotonic')) one.sleepMonotonic(amountMs);
      return one.thaw();
    case 'jump':
      if (amountMs % 2 === 0) return one.jump(amountMs);
      if (mayBeWrong(one, 'wall')) one.jump(-amountMs);
      return;
    case 'stop':
      void one.elector.stop();
      return;
    case 'start':
      one.freeze();
      all[who] = born(who);
      return;
    case 'bump':
      if (server.lease() !== undefined) server.edit((spec) => spec);
  }
}

/**
 * Deleting the Lease is left out: who missed what stood there between two looks cannot know of it. The API server is the
 * only witness, as with client-go; the operator's Role cannot delete it.
 */
describe('However slow, lost, frozen, asleep or wrong about the time', () => {
  it('no two candidates lead at once by their own clocks, and in the end one does', async function () {
    this.timeout(60_000);
    let elections = 0;
    await fc.assert(
      fc.asyncProperty(histories, async (history) => {
        elections += await live(history);
      }),
      { numRuns: 200, endOnFailure: true },
    );
    console.log(`      ${elections} elections`);
    expect(elections).to.be.above(200);
  });
});

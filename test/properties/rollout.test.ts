import { expect } from 'chai';
import fc from 'fast-check';
import type { SecurityBaselineSpec } from '../../src/api/types.ts';
import type { Outcome } from '../../src/core/outcome/outcome.ts';
import { batchOf } from '../../src/core/rollout/terms.ts';
import { createGovernances } from '../../src/operator/governances.ts';
import { createRollouts } from '../../src/operator/rollout/rollouts.ts';
import { baseline, baselineEntry, finding, namespaceEntry, OWN } from '../support/build.ts';
import { createClock } from '../support/buildClock.ts';
import { createIndex } from '../support/buildIndex.ts';

const DENIES = [['Ingress'], ['Egress'], ['Ingress', 'Egress']] as const;
const terms = fc.record({
  batch: fc.constantFrom<number | string>(1, 2, 5, '1%', '30%', '100%'),
  pause: fc.constantFrom('0s', '5s'),
});
const deed = fc.oneof(
  { weight: 2, arbitrary: fc.record({ edit: fc.nat(2), terms: fc.option(terms, { nil: undefined, freq: 8 }) }) },
  { weight: 3, arbitrary: fc.record({ passMs: fc.constantFrom(0, 1_000, 6_000) }) },
  { weight: 3, arbitrary: fc.record({ look: fc.nat(9) }) },
  { weight: 1, arbitrary: fc.record({ breaks: fc.nat(9) }) },
  { weight: 1, arbitrary: fc.record({ joins: fc.nat(9) }) },
);
type Deed = typeof deed extends fc.Arbitrary<infer D> ? D : never;

/** Namespaces whose looks come when the run says so: each brings its namespace to who governs it then. */
function world(count: number) {
  const clock = createClock();
  const names = Array.from({ length: count }, (_, index) => `ns-${index}`);
  const index = createIndex(...names.map((name) => namespaceEntry(name)));
  const held = new Map<string, number>();
  const asked = new Set<string>();
  const broken = new Set<string>();
  const open = new Set<string>();
  let generation = 0;
  let most = 0;
  const outcomes = new Map<string, Outcome['baselines']>();
  const rollouts = createRollouts({
    clock,
    letThrough: (name, uid) => {
      const changed = governances.letThrough(name, uid);
      if (changed) asked.add(name);
      if (changed) open.add(name);
      most = Math.max(most, open.size);
      return changed;
    },
    governance: (name) => governances.of(name),
    found: (name) => outcomes.get(name) ?? [],
    stoppedBy: () => undefined,
    onProgress: () => {},
    onTurn: () => {},
  });
  const governances = createGovernances(index, OWN, rollouts);
  const look = (name: string): void => {
    const governance = governances.of(name);
    const governor = governance?.sections[0]?.governor;
    if (governance === undefined || governor === undefined) return;
    const { uid, generation: now } = governor.baseline;
    const wrote = held.get(name) !== now;
    const findings = broken.has(name) && now > 1 ? [finding({ reason: 'PreflightHeld' })] : [];
    const state = findings.length === 0 ? 'compliant' : 'drifted';
    const parts = [
      { baseline: 'slow', uid, generation: now, state, retained: false, findings, failure: undefined },
    ] as const;
    held.set(name, now);
    outcomes.set(name, parts);
    asked.delete(name);
    open.delete(name);
    const results = wrote ? ([{ result: 'written' }] as unknown as Outcome['results']) : [];
    rollouts.outcome({
      namespace: name,
      governance,
      baselines: parts,
      results,
      drifts: [],
      takenOver: [],
      contested: 0,
      durationMs: 0,
    });
  };
  const edit = (deny: number, rollout: SecurityBaselineSpec['rollout']): void => {
    generation += 1;
    most = 0;
    open.clear();
    const network = { defaultDeny: [...(DENIES[deny] ?? DENIES[0])] };
    const spec = { network, ...(rollout === undefined ? {} : { rollout }) };
    index.set(baselineEntry(baseline('slow', spec, { generation })));
    for (const name of governances.refreshAll()) asked.add(name);
  };
  const join = (name: string): void => {
    index.set(namespaceEntry(name));
    names.push(name);
    if (governances.refresh(name)) asked.add(name);
  };
  return {
    clock,
    names,
    index,
    governances,
    rollouts,
    held,
    asked,
    broken,
    look,
    edit,
    join,
    most: () => most,
    now: () => generation,
  };
}

type World = ReturnType<typeof world>;

async function act(made: World, one: Deed): Promise<void> {
  const at = (index: number): string => made.names[index % made.names.length] ?? '';
  if ('edit' in one) made.edit(one.edit, one.terms);
  if ('passMs' in one) await made.clock.advance(one.passMs);
  if ('look' in one) made.look(at(one.look));
  if ('breaks' in one) made.broken.add(at(one.breaks));
  if ('joins' in one) {
    const name = `new-${made.names.length}`;
    made.join(name);
    // It was not there, and waits for nothing.
    expect(generationIn(made, name)).to.equal(made.now());
  }
}

const generationIn = ({ governances }: World, name: string): number | undefined =>
  governances.of(name)?.sections[0]?.governor?.baseline.generation;

async function run(count: number, deeds: readonly Deed[]): Promise<World> {
  const made = world(count);
  made.edit(2, { batch: 1, pause: '5s' });
  for (const name of made.names) made.look(name);
  let bound = Number.POSITIVE_INFINITY;
  for (const one of deeds) {
    await act(made, one);
    if ('edit' in one) bound = one.terms === undefined ? bound : batchOf(one.terms, made.names.length);
    expect(made.most(), JSON.stringify(one)).to.be.at.most(bound);
    // Whoever waits is governed, so that drift there does not wait.
    for (const name of made.names) expect(generationIn(made, name), name).to.be.a('number');
  }
  return made;
}

describe('a roll-out', () => {
  it('brings no more than a batch at once, lets nobody ungoverned, and ends everywhere at the newest version', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 10 }), fc.array(deed, { maxLength: 25 }), async (count, deeds) => {
        const made = await run(count, deeds);
        made.broken.clear();
        for (let turn = 0; turn < 200 && made.rollouts.progress('slow') !== undefined; turn += 1) {
          await made.clock.advance(6_000);
          for (const name of made.names) made.look(name);
        }
        expect(made.rollouts.progress('slow')).to.equal(undefined);
        for (const name of made.names) {
          expect(generationIn(made, name), name).to.equal(made.now());
        }
      }),
      { numRuns: 150 },
    );
  });
});

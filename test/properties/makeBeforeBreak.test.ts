import { expect } from 'chai';
import fc from 'fast-check';
import type { Section } from '../../src/api/types.ts';
import type { Labels } from '../../src/k8s/object.ts';
import { keyOf } from '../../src/k8s/ref.ts';
import type { NamespaceWorld } from '../operator/namespaceWorld.ts';
import { enforcing, governing } from '../support/arbitrary/baselines.ts';
import { facts, knownFacts } from '../support/arbitrary/facts.ts';
import { labels } from '../support/arbitrary/labels.ts';
import { fate, strayObject } from '../support/arbitrary/liveObjects.ts';
import { fortunes } from '../support/arbitrary/results.ts';
import { isLetThrough } from '../support/model/traffic.ts';
import { connectionsOf, picks, shown } from '../support/model/world.ts';
import { carriedOut, leftToDo, lookInFortune, ruined } from './namespace.ts';
import { policiesIn } from './wanted.ts';

/** Only what is deleted already is made anew by deleting it first (THREATS 2). */
const NO_METADATA = fc.constant({});
/**
 * Ours is as it was asked for last, labels apart: what somebody closed under the name of one of our allowances is opened
 * when it is put right.
 */
const live = fc.record({
  fates: fc.array(
    fate(NO_METADATA).map((one) => ({ ...one, content: 'right' as const })),
    { maxLength: 12 },
  ),
  strays: fc.array(
    strayObject(NO_METADATA).filter(({ metadata: { name } }) => !/rule|allow/.test(name)),
    { maxLength: 4 },
  ),
});
const anyState = fc.record({
  fates: fc.array(fate(), { maxLength: 12 }),
  strays: fc.array(strayObject(), { maxLength: 4 }),
});
const edits = fc.array(fc.record({ baselines: governing, known: facts, luck: fortunes, picks }), {
  minLength: 1,
  maxLength: 3,
});

/** The connections that are open now and in neither the state before nor the state that is wanted. */
function watchTraffic(world: NamespaceWorld, has: Labels, ports: readonly number[]): () => readonly string[] {
  const before = policiesIn(world.objects());
  const wanted = policiesIn(carriedOut(world.objects(), leftToDo(world)));
  const closed = connectionsOf({
    namespace: 'payments',
    labels: has,
    policies: [...before, ...wanted],
    picks: ports,
  }).filter((connection) => !isLetThrough(before, connection) && !isLetThrough(wanted, connection));
  return () => {
    const now = policiesIn(world.objects());
    return closed.filter((connection) => isLetThrough(now, connection)).map(shown);
  };
}

const sectionOf = (kind: string): Section =>
  kind === 'NetworkPolicy' ? 'network' : kind === 'Role' || kind === 'RoleBinding' ? 'rbac' : 'resources';

describe('make before break', () => {
  it('opens at no moment a connection that neither the old nor the new state lets through, whatever fails', async () => {
    await fc.assert(
      fc.asyncProperty(governing, facts, labels, live, edits, async (baselines, known, has, state, all) => {
        const world = await ruined({ baselines, known, has }, state);
        for (const { baselines: next, known: facts_, luck, picks: ports } of all) {
          world.facts = facts_;
          world.set(next);
          const openings = watchTraffic(world, has, ports);
          // What `before` throws is an answer of the server to the operator: it is collected.
          const seen: string[] = [];
          const note = (): void => void seen.push(...openings());
          world.server.before = note;
          await lookInFortune(world, luck, 2);
          await world.look();
          note();
          expect(seen).to.deep.equal([]);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('THREATS 3: prunes nothing of a section before all that it declares stands, whatever fails', async () => {
    await fc.assert(
      fc.asyncProperty(enforcing, enforcing, knownFacts, anyState, fortunes, async (old, next, known, state, luck) => {
        const world = await ruined({ baselines: old, known, has: {} }, state);
        world.set(next);
        const early: string[] = [];
        world.server.before = ({ verb, ref }) => {
          if (verb !== 'remove') return;
          const missing = leftToDo(world).filter(({ action }) => action !== 'delete');
          const isPrune = !missing.some((change) => keyOf(change.ref) === keyOf(ref));
          if (!isPrune) return;
          const before = missing.filter((change) => sectionOf(change.ref.kind) === sectionOf(ref.kind));
          early.push(...before.map((change) => `${keyOf(ref)} before ${keyOf(change.ref)}`));
        };
        await lookInFortune(world, luck, 4);
        await world.look();
        expect(early).to.deep.equal([]);
      }),
      { numRuns: 300 },
    );
  });
});

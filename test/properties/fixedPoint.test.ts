import { expect } from 'chai';
import fc from 'fast-check';
import type { KubeObject } from '../../src/k8s/object.ts';
import { keyOf } from '../../src/k8s/ref.ts';
import type { NamespaceWorld } from '../operator/namespaceWorld.ts';
import { enforcing, governing } from '../support/arbitrary/baselines.ts';
import { facts, knownFacts, servingFacts } from '../support/arbitrary/facts.ts';
import { labels } from '../support/arbitrary/labels.ts';
import { fate, strayObject } from '../support/arbitrary/liveObjects.ts';
import { fortunes } from '../support/arbitrary/results.ts';
import { refOf } from '../support/buildServer.ts';
import { later, leftToDo, lookInFortune, ruined, worldOf } from './namespace.ts';

const asked = fc.record({ baselines: governing, has: labels, known: servingFacts });
/** Where nothing is called, what is planned does not rest on what stands there already. */
const uncalled = fc.record({ baselines: governing, has: labels, known: facts });
const live = fc.record({
  fates: fc.array(fate(), { maxLength: 12 }),
  strays: fc.array(strayObject(), { maxLength: 4 }),
});

/** What neither the plan names, nor bears our prefix and our label, nor is removed because the baseline says so. */
function ofOthers(world: NamespaceWorld, planned: ReadonlySet<string>): readonly KubeObject[] {
  const removed = new Set(
    leftToDo(world).flatMap((c) => (c.action === 'delete' && c.reason === 'ForeignPolicy' ? [keyOf(c.ref)] : [])),
  );
  return world
    .objects()
    .filter((object) => !bearsOurs(object) && !planned.has(keyOf(refOf(object))) && !removed.has(keyOf(refOf(object))));
}

/** THREATS 1, written a second time: our prefix and our label together. */
const bearsOurs = ({ metadata: { name, labels: has } }: KubeObject): boolean =>
  name.startsWith('drawbridge-') && has?.['app.kubernetes.io/managed-by'] === 'drawbridge';

/** What stands of ours, without what others may add to it. */
const ours = (world: NamespaceWorld): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    world
      .objects()
      .filter(bearsOurs)
      .map(({ metadata, ...object }): [string, unknown] => {
        const { ownerReferences, finalizers, deletionTimestamp } = metadata;
        const baselineName = metadata.labels?.['drawbridge.dev/baseline'];
        const control = metadata.labels?.['drawbridge.dev/control'];
        return [
          `${object.kind}/${metadata.name}`,
          { ...object, ownerReferences, finalizers, deletionTimestamp, baselineName, control },
        ];
      })
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );

describe('planning and applying', () => {
  it('is a fixed point: after one look there is nothing to do, whatever stood there', async () => {
    await fc.assert(
      fc.asyncProperty(asked, live, async (what, state) => {
        const world = await ruined(what, state);
        await world.look();
        expect(leftToDo(world)).to.deep.equal([]);
        const count = world.server.writes.length;
        later(world);
        await world.look();
        expect(world.server.writes.slice(count)).to.deep.equal([]);
      }),
      { numRuns: 400 },
    );
  });

  it('leads to one state, that of an empty namespace, whatever stood there', async () => {
    const enforced = fc.record({ baselines: enforcing, has: labels, known: knownFacts });
    await fc.assert(
      fc.asyncProperty(enforced, live, async (what, state) => {
        const [world, right] = [await ruined(what, state), worldOf(what)];
        await world.look();
        await right.look();
        expect(ours(world)).to.deep.equal(ours(right));
      }),
      { numRuns: 400 },
    );
  });

  it('converges once nothing fails, whatever failed and whatever answers were lost', async () => {
    await fc.assert(
      fc.asyncProperty(asked, live, fortunes, async (what, state, luck) => {
        const world = await ruined(what, state);
        await lookInFortune(world, luck, 4);
        // The first look may meet what a lost answer hid, the second finds it done.
        await world.look();
        later(world);
        await world.look();
        expect(leftToDo(world)).to.deep.equal([]);
      }),
      { numRuns: 300 },
    );
  });

  it('THREATS 1: touches no object of others', async () => {
    await fc.assert(
      fc.asyncProperty(uncalled, live, async (what, state) => {
        const world = await ruined(what, state);
        const right = worldOf(what);
        await right.look();
        const planned = new Set(right.objects().map((object) => keyOf(refOf(object))));
        const before = ofOthers(world, planned);
        await world.look();
        const touched = new Set(world.server.writes.map(({ ref }) => keyOf(ref)));
        for (const object of before) {
          expect(touched.has(keyOf(refOf(object))), keyOf(refOf(object))).to.equal(false);
          expect(world.server.get(refOf(object))).to.equal(object);
        }
      }),
      { numRuns: 300 },
    );
  });
});

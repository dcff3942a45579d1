import { expect } from 'chai';
import fc from 'fast-check';
import { CONTROL_LABEL } from '../../src/api/names.ts';
import type { Baseline } from '../../src/core/govern/baseline.ts';
import type { Waiver } from '../../src/core/waive/waiver.ts';
import { controlsOf } from '../../src/core/waive/waiver.ts';
import type { KubeObject } from '../../src/k8s/object.ts';
import { keyOf } from '../../src/k8s/ref.ts';
import { createWaiverKeeper } from '../../src/operator/waivers/keeper.ts';
import type { NamespaceWorld } from '../operator/namespaceWorld.ts';
import { enforcing, governing } from '../support/arbitrary/baselines.ts';
import { waivers } from '../support/arbitrary/waivers.ts';
import { entry, FACTS, namespaceEntry, PROD } from '../support/build.ts';
import { createClock } from '../support/buildClock.ts';
import { createIndex } from '../support/buildIndex.ts';
import { refOf } from '../support/buildServer.ts';
import { rawWaiver } from '../support/buildWaiver.ts';
import { later, worldOf } from './namespace.ts';

/** The waivers that hold in a namespace, as the operator finds out. */
function holdingIn(namespace: string, all: readonly Waiver[]): readonly Waiver[] {
  const entries = all.map(({ name, uid, spec }) => {
    const { metadata, ...content } = rawWaiver(spec, { name });
    return entry('BaselineWaiver', name, content, { ...metadata, uid, namespace: undefined });
  });
  const keeper = createWaiverKeeper(createIndex(...entries, namespaceEntry(namespace)), createClock());
  keeper.refreshAll();
  return keeper.of(namespace);
}

const wholly = (all: readonly Waiver[]): ReadonlySet<string> =>
  new Set(all.filter(({ spec }) => spec.objects === undefined).flatMap(({ spec }) => controlsOf(spec)));

async function settled(world: NamespaceWorld): Promise<readonly KubeObject[]> {
  for (let i = 0; i < 3; i += 1) {
    await world.look();
    later(world);
  }
  return world.server.objects();
}

/** What stands, without who it is. */
const byKey = (objects: readonly KubeObject[]): ReadonlyMap<string, string> =>
  new Map(
    objects.map((object) => {
      const { metadata, ...content } = object;
      return [keyOf(refOf(object)), JSON.stringify([metadata.labels, content])];
    }),
  );
const asked = (baselines: readonly Baseline[]) => ({ baselines, has: PROD, known: FACTS });

describe('THREATS 16: any waivers', () => {
  it('touch nothing but what waived controls wrote, where they name the namespace, and are quiet then', async () => {
    await fc.assert(
      fc.asyncProperty(enforcing, waivers, async (baselines, all) => {
        const world = worldOf(asked(baselines));
        const before = await settled(world);
        world.waivers = holdingIn('payments', all);
        const after = byKey(await settled(world));
        const waived = wholly(
          all.filter(({ spec }) => spec.namespaces.some((name) => /^p(ay\*|\?yments|ayments)$/.test(name))),
        );
        const left = before.filter(({ metadata }) => !waived.has(metadata.labels?.[CONTROL_LABEL] ?? ''));
        expect(after).to.deep.equal(byKey(left));
        const writes = world.server.writes.length;
        await settled(world);
        expect(world.server.writes.slice(writes)).to.deep.equal([]);
      }),
      { numRuns: 60 },
    );
  });

  it('leave a namespace as if they had never been, once they are over', async () => {
    await fc.assert(
      fc.asyncProperty(enforcing, waivers, async (baselines, all) => {
        const [world, never] = [worldOf(asked(baselines)), worldOf(asked(baselines))];
        world.waivers = holdingIn('payments', all);
        await settled(world);
        world.waivers = [];
        expect(byKey(await settled(world))).to.deep.equal(byKey(await settled(never)));
      }),
      { numRuns: 60 },
    );
  });

  it('have nothing written or removed for baselines that only audit, or are suspended', async () => {
    await fc.assert(
      fc.asyncProperty(governing, waivers, fc.boolean(), async (baselines, all, suspend) => {
        const standing = baselines.map((one) => ({
          ...one,
          spec: { ...one.spec, enforcement: 'Enforce' as const, suspend: false },
        }));
        const world = worldOf(asked(standing));
        await settled(world);
        const trial = baselines.map(({ spec, ...one }) => {
          const { network, rbac, resources, ...rest } = spec;
          const sections = Object.entries({ network, rbac, resources }).flatMap(([name, section]) =>
            section === undefined ? [] : [[name, { ...section, enforcement: 'Audit' as const }] as const],
          );
          return {
            ...one,
            generation: 2,
            spec: suspend ? { ...spec, suspend } : { ...rest, ...Object.fromEntries(sections) },
          };
        });
        world.set(trial as readonly Baseline[]);
        await settled(world);
        world.waivers = holdingIn('payments', all);
        const writes = world.server.writes.length;
        await settled(world);
        expect(world.server.writes.slice(writes)).to.deep.equal([]);
      }),
      { numRuns: 60 },
    );
  });
});

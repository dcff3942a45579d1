import { controls } from '../../src/controls/index.ts';
import { viewOf } from '../../src/core/control/view.ts';
import type { Facts } from '../../src/core/facts/facts.ts';
import type { Baseline } from '../../src/core/govern/baseline.ts';
import { active } from '../../src/core/govern/rank.ts';
import type { NamespaceBody } from '../../src/core/model/bodies.ts';
import type { Change } from '../../src/core/plan/change.ts';
import { isRelease } from '../../src/core/plan/change.ts';
import { evaluate } from '../../src/core/plan/evaluate.ts';
import type { Entry } from '../../src/k8s/entry.ts';
import type { KubeObject, Labels } from '../../src/k8s/object.ts';
import { keyOf } from '../../src/k8s/ref.ts';
import type { NamespaceWorld } from '../operator/namespaceWorld.ts';
import { namespaceWorld } from '../operator/namespaceWorld.ts';
import type { Fate } from '../support/arbitrary/liveObjects.ts';
import { fated } from '../support/arbitrary/liveObjects.ts';
import type { Fortune } from '../support/arbitrary/results.ts';
import { createIndex } from '../support/buildIndex.ts';
import { projected, refOf } from '../support/buildServer.ts';
import { stored } from '../support/model/stored.ts';
import { withFortunes } from './fortune.ts';

/** What the namespace payments is to be held at. */
export interface Asked {
  readonly baselines: readonly Baseline[];
  readonly has: Labels;
  readonly known: Facts;
}

/** The shipped controls and the real apply over a server that stores as kube-apiserver does. */
export function worldOf({ baselines, has, known }: Asked, objects: readonly KubeObject[] = []): NamespaceWorld {
  const world = namespaceWorld(baselines);
  world.server.admission = stored;
  world.facts = known;
  for (const object of objects) world.server.put(stored(object));
  world.set(baselines, has);
  return world;
}

/** A namespace that was as asked, after these fates of its objects, and with objects of others. */
export async function ruined(
  asked: Asked,
  { fates, strays }: { readonly fates: readonly Fate[]; readonly strays: readonly KubeObject[] },
): Promise<NamespaceWorld> {
  const right = worldOf(asked);
  await right.look();
  return worldOf(asked, [...strays, ...fated(right.objects(), fates)]);
}

/** Longer than any back-off and any bound of removals. */
const LATER_MS = 120_000;

export const later = (world: NamespaceWorld): void => world.clock.spend(LATER_MS);

/** Looks so often, each time long after the time before, while writes turn out as said; then they succeed again. */
export async function lookInFortune(world: NamespaceWorld, fortunes: readonly Fortune[], times: number): Promise<void> {
  const end = withFortunes(world.server, fortunes);
  for (let i = 0; i < times; i += 1) {
    await world.look();
    later(world);
  }
  end();
}

/** What does not stand on the server as planned, of what those ask for who may have something done. */
export function leftToDo({ server, governances, facts, objects }: NamespaceWorld): readonly Change[] {
  const namespace = server.index.get('Namespace', '', 'payments') as Entry<NamespaceBody> | undefined;
  const governance = governances.of('payments');
  if (namespace === undefined || governance === undefined) throw new Error('the namespace is not known');
  const acting = new Set(governance.sections.filter(({ governor }) => active(governor)).map(({ section }) => section));
  const there = createIndex(namespace, ...objects().flatMap((object) => projected(object) ?? []));
  const { plan } = evaluate(controls, governance, viewOf(there, namespace, facts, governances.held('payments')));
  return plan.changes.filter((change) => isRelease(change) || acting.has(change.section));
}

/** The objects once every change is carried out. */
export function carriedOut(objects: readonly KubeObject[], changes: readonly Change[]): readonly KubeObject[] {
  const changed = new Set(changes.map(({ ref }) => keyOf(ref)));
  const written = changes.flatMap((change) => {
    if (change.action === 'delete') return [];
    const { kind, namespace, name } = change.ref;
    const { apiVersion, labels, body } = change.desired;
    return [stored({ apiVersion, kind, metadata: { name, namespace, labels }, ...body })];
  });
  return [...objects.filter((object) => !changed.has(keyOf(refOf(object)))), ...written];
}

import type { SecurityBaselineSpec } from '../../../src/api/types.ts';
import type { Contest } from '../../../src/core/gates/memory.ts';
import type { ApiServerPosture } from '../../../src/core/model/apiServerPosture.ts';
import type { KubeObject, Labels, ObjectMeta } from '../../../src/k8s/object.ts';
import { baselineWith } from '../../support/build.ts';
import type { World } from './world.ts';
import { factsIn, settled } from './world.ts';

/** One change to a world. */
export type Mutation = (world: World) => World;

/** What is done, what must be found then and nothing beside it (as `SB-NET-001 Missing`), and how it is done. */
export type Row = readonly [what: string, expected: string | readonly string[], mutation: Mutation];

export const plus =
  (...objects: readonly KubeObject[]): Mutation =>
  (world) => ({ ...world, objects: [...world.objects, ...objects] });

/** Names may be cut off at a hash. A mutation that hits nothing proves nothing. */
function hits(world: World, kind: string, name: string): (object: KubeObject) => boolean {
  const isIt = (object: KubeObject): boolean => object.kind === kind && object.metadata.name.startsWith(name);
  if (!world.objects.some(isIt)) throw new Error(`the world has no ${kind} ${name}`);
  return isIt;
}

export const minus =
  (kind: string, name = ''): Mutation =>
  (world) => {
    const isIt = hits(world, kind, name);
    return { ...world, objects: world.objects.filter((object) => !isIt(object)) };
  };

/** Replaces fields; those of `spec` one by one. */
export const edit =
  (kind: string, name: string, fields: Readonly<Record<string, unknown>>): Mutation =>
  (world) => {
    const isIt = hits(world, kind, name);
    return { ...world, objects: world.objects.map((object) => (isIt(object) ? merged(object, fields) : object)) };
  };

const merged = (object: KubeObject, { spec, ...rest }: Readonly<Record<string, unknown>>): KubeObject => ({
  ...object,
  ...rest,
  ...(spec === undefined ? {} : { spec: { ...(object.spec as object), ...(spec as object) } }),
});

export const editMeta =
  (kind: string, name: string, metadata: Partial<ObjectMeta>): Mutation =>
  (world) => {
    const isIt = hits(world, kind, name);
    const change = (object: KubeObject) => ({ ...object, metadata: { ...object.metadata, ...metadata } });
    return { ...world, objects: world.objects.map((object) => (isIt(object) ? change(object) : object)) };
  };

/** Labels of the namespace; undefined takes one off. */
export const relabel =
  (labels: Readonly<Record<string, string | undefined>>): Mutation =>
  (world) => ({
    ...world,
    labels: Object.fromEntries(
      Object.entries({ ...world.labels, ...labels }).filter(([, value]) => value !== undefined),
    ) as Labels,
  });

/** The baseline says something else, and that was carried out. */
export const redeclare =
  (change: (spec: SecurityBaselineSpec) => Partial<SecurityBaselineSpec>): Mutation =>
  (world) =>
    settled({
      ...world,
      baselines: world.baselines.map((one) => ({ ...one, spec: { ...one.spec, ...change(one.spec) } })),
    });

/** One more baseline that selects the same, and was made later. */
export const beside =
  (spec: Partial<SecurityBaselineSpec>): Mutation =>
  (world) => ({
    ...world,
    baselines: [
      ...world.baselines,
      baselineWith(
        'other',
        { enforcement: 'Enforce', namespaceSelector: { matchLabels: { baseline: 'restricted' } }, ...spec },
        { createdAt: '2026-02-01T00:00:00Z' },
      ),
    ],
  });

/** What becomes of it is not news to who knew the facts before. */
export const after =
  (mutation: Mutation): Mutation =>
  (world) => ({ ...mutation(world), knew: factsIn(world) });

export const observe =
  (posture: Partial<ApiServerPosture>): Mutation =>
  (world) => ({ ...world, posture: { ...world.posture, ...posture } });

export const serve =
  (group: string): Mutation =>
  (world) => ({ ...world, served: [...world.served, group] });

/** An object of ours was put right so often. */
export const contested =
  (kind: string, name: string, repairs: number): Mutation =>
  (world) => ({
    ...world,
    memory: { ...world.memory, contests: new Map([[`${kind}/payments/${name}`, contestOf(repairs)]]) },
  });

const contestOf = (repairs: number): Contest => ({
  firstMs: 0,
  lastMs: 1_000,
  repairs,
  openMs: 10,
  labels: { tokens: 1, atMs: 0 },
});

export const all =
  (...mutations: readonly Mutation[]): Mutation =>
  (world) =>
    mutations.reduce((now, mutation) => mutation(now), world);

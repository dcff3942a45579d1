import { ATTACKS } from '../cluster/support/attacks.ts';
import type { Cast } from './cast.ts';
import { BRIEF, edited, SELECTED, TIER } from './cast.ts';
import type { Choices } from './choices.ts';
import type { Shape } from './shape.ts';
import type { Deed, Planted } from './step.ts';

/** The one attack that ATTACKS leaves to its own test. */
export const STAY = 'deletes the deny behind a finalizer';
export const ATTACK_NAMES: readonly [string, ...string[]] = [STAY, ...ATTACKS.map(({ name }) => name)];

/** What is deleted is made anew before long. */
const SOON_BACK = 6;
const WEIGHTS = {
  tamper: 12,
  annotate: 2,
  plant: 3,
  uproot: 1,
  editBaseline: 5,
  comeOrGo: 2,
  createNamespace: 1.5,
  deleteNamespace: 0.7,
  relabel: 3,
};

/** What a generator of deeds knows of the world that its deeds make. */
interface Script {
  readonly namespaces: string[];
  readonly planted: { readonly namespace: string; readonly name: string }[];
  readonly shapes: Map<string, Shape>;
  /** The last shape of baselines that are deleted. */
  readonly deleted: Map<string, Shape>;
  count: number;
}

/** What people do, one deed after the other: each makes sense after those before it. */
export function clientDeeds(cast: Cast, choose: Choices): () => Deed {
  const script: Script = {
    namespaces: Object.keys(cast.namespaces),
    planted: [],
    shapes: new Map(Object.entries(cast.baselines)),
    deleted: new Map(),
    count: 0,
  };
  return () => {
    script.count += 1;
    const kind = choose.weighted({ ...WEIGHTS, comeOrGo: script.deleted.size > 0 ? SOON_BACK : WEIGHTS.comeOrGo });
    return MADE[kind](script, choose, cast) ?? tamper(script, choose);
  };
}

type Maker = (script: Script, choose: Choices, cast: Cast) => Deed | undefined;

const anyOf = <T>(choose: Choices, options: readonly T[]): T | undefined => options[choose.below(options.length)];
const namespaceOf = (choose: Choices, { namespaces }: Script): string => anyOf(choose, namespaces) ?? '';

const tamper = (script: Script, choose: Choices): Deed => ({
  do: 'tamper',
  namespace: namespaceOf(choose, script),
  attack: choose.of(ATTACK_NAMES),
});

const MADE: Readonly<Record<keyof typeof WEIGHTS, Maker>> = {
  tamper,
  annotate: (script, choose) => ({
    do: 'annotate',
    namespace: namespaceOf(choose, script),
    note: `note-${script.count}`,
  }),
  plant: (script, choose) => {
    const policy = choose.of<Planted>(['harmless', 'open', 'open', 'reserved', 'ours']);
    const name = `${policy === 'reserved' || policy === 'ours' ? 'drawbridge-' : ''}${policy}-${script.count}`;
    const namespace = namespaceOf(choose, script);
    script.planted.push({ namespace, name });
    return { do: 'plant', policy, namespace, name };
  },
  uproot: (script, choose) => {
    const planted = anyOf(choose, script.planted);
    return planted === undefined ? undefined : { do: 'uproot', ...planted };
  },
  editBaseline: (script, choose) => {
    const [baseline, shape] = anyOf(choose, [...script.shapes]) ?? [];
    if (baseline === undefined || shape === undefined) return undefined;
    const [next, change] = edited(choose, shape, script.namespaces);
    script.shapes.set(baseline, next);
    return { do: 'editBaseline', baseline, shape: next, change };
  },
  comeOrGo: (script, choose) => {
    const [gone, shape] = [...script.deleted][0] ?? [];
    if (gone !== undefined && shape !== undefined) {
      script.deleted.delete(gone);
      script.shapes.set(gone, shape);
      return { do: 'createBaseline', baseline: gone, shape };
    }
    const [baseline, last] = anyOf(choose, [...script.shapes]) ?? [];
    if (baseline === undefined || last === undefined) return undefined;
    script.shapes.delete(baseline);
    script.deleted.set(baseline, last);
    return { do: 'deleteBaseline', baseline };
  },
  createNamespace: (script, choose, cast) => {
    const namespace = `${cast.outside.replace('outside', 'new')}-${script.count}`;
    script.namespaces.push(namespace);
    return { do: 'createNamespace', namespace, labels: choose.of(cast.labels) };
  },
  deleteNamespace: (script, choose) => {
    if (script.namespaces.length < 4) return undefined;
    const [namespace = ''] = script.namespaces.splice(choose.below(script.namespaces.length), 1);
    return { do: 'deleteNamespace', namespace };
  },
  relabel: (script, choose, cast) => ({
    do: 'relabel',
    namespace: namespaceOf(choose, script),
    labels: { [SELECTED]: null, [TIER]: null, [BRIEF]: null, ...choose.of(cast.labels) },
  }),
};

import { NAME_PREFIX } from '../../api/names.ts';
import { controls } from '../../controls/index.ts';
import type { View } from '../../core/control/view.ts';
import type { Change } from '../../core/plan/change.ts';
import { STAGES } from '../../core/plan/change.ts';
import type { Entry } from '../../k8s/entry.ts';
import { record } from '../../k8s/json.ts';
import type { KubeObject } from '../../k8s/object.ts';
import { objectOf } from '../../operator/objectOf.ts';
import type { Decision } from '../world/decide.ts';
import { decisions } from '../world/decide.ts';
import type { World } from '../world/world.ts';

/** One object that the operator holds in a namespace, as it sends it. */
export interface Rendered {
  readonly change: Change;
  readonly object: KubeObject;
  /** Why it is not written, if it is not: `Audit`. */
  readonly withheld: string | undefined;
}

export interface RenderedNamespace {
  readonly decision: Decision;
  /** In the order in which they are written. */
  readonly objects: readonly Rendered[];
}

/**
 * Everything that the operator would write into namespaces that have nothing of it yet: its own decision, about a view in
 * which nothing of ours is there.
 */
export const renderedNamespaces = (world: World, only?: string): readonly RenderedNamespace[] =>
  decisions(world, only, withoutOurs).map((decision) => ({ decision, objects: renderedIn(decision) }));

const renderedIn = ({ plan, withheld }: Decision): readonly Rendered[] =>
  STAGES.flatMap((stage) =>
    plan.changes.flatMap((change): readonly Rendered[] => {
      if (change.stage !== stage || change.action === 'delete') return [];
      const object = withoutIdentity(objectOf(change.ref, change.desired));
      return [{ change, object, withheld: withheld.find((one) => one.change === change)?.reason }];
    }),
  );

/** Of objects that others make, single fields are applied to the one that is there, by its uid. */
function withoutIdentity(object: KubeObject): KubeObject {
  const { uid: _uid, ...metadata } = object.metadata;
  return { ...object, metadata };
}

const OURS: ReadonlySet<string> = new Set(controls.flatMap(({ writes }) => writes));
const OTHERS: ReadonlySet<string> = new Set(controls.flatMap(({ applies }) => applies ?? []));

const isOurs = (kind: string, name: string): boolean => OURS.has(kind) && name.startsWith(NAME_PREFIX);

/** Without our objects, and with those of others, of which single fields are ours, as if nobody had set these. */
const withoutOurs = (view: View): View => ({
  ...view,
  live: (kind, name) => {
    if (isOurs(kind, name)) return undefined;
    const live = view.live(kind, name);
    return OTHERS.has(kind) ? unset(live ?? blank(kind, view.namespace, name)) : live;
  },
  liveOf: (kind) => [...view.liveOf(kind)].filter(({ name }) => !isOurs(kind, name)),
});

const unset = (entry: Entry): Entry => ({ ...entry, deleting: false, body: { ...record(entry.body), whole: {} } });

const blank = (kind: string, namespace: string, name: string): Entry => ({
  kind,
  namespace,
  name,
  uid: '',
  resourceVersion: '',
  labels: {},
  annotations: {},
  deleting: false,
  owned: false,
  finalizers: [],
  manager: '',
  body: { whole: {} },
});

import type { PodSecurityLevels } from '../../api/types.ts';
import type { Entry } from '../../k8s/entry.ts';
import type { Labels } from '../../k8s/object.ts';
import type { ObjectIndex } from '../../k8s/objectIndex.ts';
import type { Facts } from '../facts/facts.ts';
import type { Held } from '../govern/held.ts';
import { kindRow } from '../kinds/kinds.ts';
import type { NamespaceBody } from '../model/bodies.ts';

/** The snapshot that a control sees of one namespace. Nothing else may enter a decision. */
export interface View {
  readonly namespace: string;
  readonly labels: Labels;
  readonly terminating: boolean;
  /** For how long it has been, in milliseconds; absent: it is not, or nobody asked. */
  readonly terminatingForMs?: number;
  readonly facts: Facts;
  /** The Pod Security levels that it has reached, by the record of it (THREATS 13); absent: none yet. */
  readonly levels?: PodSecurityLevels;
  /** What the namespace was held to when it was last seen; empty when nobody knows. */
  readonly held: Held;
  readonly claim: ClaimView;
  /** Whether all objects of a kind are known; only of kinds that controls `inspect` they may not be. */
  knows(kind: string): boolean;
  /** One live object of this namespace, or of the cluster, where the kind has no namespaces. */
  live(kind: string, name: string): Entry | undefined;
  /** All live objects of a kind in this namespace. */
  liveOf(kind: string): Iterable<Entry>;
}

/** What a control may know of the claim that it works for. */
export interface ClaimView {
  /** Its objects are written, and not only what would be. */
  readonly acts: boolean;
  /** Its baseline names the namespace, and does not only select it by labels (THREATS 25). */
  readonly named: boolean;
}

/** The view of a namespace over any index: the operator's stores, or files. */
export const viewOf = (
  index: ObjectIndex,
  namespace: Entry<NamespaceBody>,
  facts: Facts,
  held: Held = [],
  knows: View['knows'] = () => true,
  terminatingForMs?: number,
): View => ({
  namespace: namespace.name,
  labels: namespace.labels,
  terminating: namespace.deleting,
  ...(terminatingForMs === undefined ? {} : { terminatingForMs }),
  facts,
  ...levelsOf(held),
  held,
  claim: { acts: true, named: false },
  knows,
  live: (kind, name) => index.get(kind, kindRow(kind).namespaced ? namespace.name : '', name),
  liveOf: (kind) => index.inNamespace(kind, namespace.name),
});

function levelsOf(held: Held): Pick<View, 'levels'> {
  const levels = held.find(({ section }) => section === 'podSecurity')?.levels;
  return levels === undefined ? {} : { levels };
}

import type { AnyObject } from '../support/kubeAdmin.ts';
import type { Past } from './history.ts';

/**
 * Who must be closed, by the rules as docs/concepts.md tells them and written anew: none of the operator's code decides
 * here, so that what it gets wrong is not right by definition. It knows as much as scenarios use: matchLabels, exact
 * excludedNamespaces, one enforcement for the whole baseline.
 */
export interface Duty {
  /** The baseline that governs the network. */
  readonly baseline: AnyObject;
  readonly directions: readonly Direction[];
}

export type Direction = 'Ingress' | 'Egress';
export const DENY = 'drawbridge-default-deny';

/** What a namespace has to be closed in now; undefined: nothing enforces anything there. */
export function dutyOf(past: Past, namespace: string): Duty | undefined {
  const live = past.get('Namespace', '', namespace);
  if (live === undefined || live.metadata.deletionTimestamp !== undefined) return undefined;
  const report = past.get('BaselineReport', namespace, 'drawbridge');
  const [baseline] = past
    .ofKind('SecurityBaseline')
    .filter((one) => enforces(one) && (selects(one, live) || holds(one, live, report)))
    .toSorted(byRank);
  return baseline === undefined ? undefined : { baseline, directions: baseline.spec.network.defaultDeny };
}

export const enforces = ({ metadata, spec }: AnyObject): boolean =>
  metadata.deletionTimestamp === undefined &&
  spec.enforcement === 'Enforce' &&
  spec.suspend !== true &&
  spec.network !== undefined;

export const selects = ({ spec }: AnyObject, { metadata }: AnyObject, labels = metadata.labels ?? {}): boolean =>
  !(spec.excludedNamespaces ?? []).includes(metadata.name) &&
  Object.entries(spec.namespaceSelector.matchLabels).every(([key, value]) => labels[key] === value);

/** A namespace that left by its own labels stays with the baseline that its report names, unless that one deletes. */
function holds(baseline: AnyObject, namespace: AnyObject, report: AnyObject | undefined): boolean {
  const held = (report?.sections ?? []).find(
    (s: AnyObject) => s.section === 'network' && s.held === true && s.baselineUid === baseline.metadata.uid,
  );
  if (held === undefined || baseline.spec.deletionPolicy === 'Delete') return false;
  const then = Object.fromEntries(
    held.selectedBy.map(({ key, value }: { readonly key: string; readonly value?: string }) => [key, value]),
  );
  return selects(baseline, namespace, { ...namespace.metadata.labels, ...then });
}

const byRank = (a: AnyObject, b: AnyObject): number =>
  (b.spec.priority ?? 0) - (a.spec.priority ?? 0) ||
  Date.parse(a.metadata.creationTimestamp ?? '') - Date.parse(b.metadata.creationTimestamp ?? '') ||
  (a.metadata.name < b.metadata.name ? -1 : 1);

/** The directions in which a policy denies all pods everything. */
export function denied(policy: AnyObject | undefined): readonly Direction[] {
  if (policy === undefined) return [];
  const { podSelector, policyTypes = [], ingress = [], egress = [] } = policy.spec;
  if (Object.keys(podSelector ?? {}).length > 0) return [];
  const rules = { Ingress: ingress, Egress: egress };
  return (['Ingress', 'Egress'] as const).filter((d) => policyTypes.includes(d) && rules[d].length === 0);
}

/** What a namespace has to be closed in and is not. */
export function openIn(past: Past, namespace: string): readonly Direction[] {
  const closed = denied(past.get('NetworkPolicy', namespace, DENY));
  return (dutyOf(past, namespace)?.directions ?? []).filter((direction) => !closed.includes(direction));
}

import type { Enforcement, Section, SecurityBaselineSpec } from '../../api/types.ts';
import type { Entry } from '../../k8s/entry.ts';
import { matchesGlob } from '../../k8s/glob.ts';
import type { Labels } from '../../k8s/object.ts';
import { keysOf, matchesSelector } from '../../k8s/selector.ts';
import type { BaselineBody } from '../model/bodies.ts';
import { isSystemNamespace } from './systemNamespaces.ts';

/** What the engine knows of one SecurityBaseline. */
export interface Baseline {
  readonly name: string;
  readonly uid: string;
  readonly generation: number;
  readonly createdAt: string;
  readonly spec: SecurityBaselineSpec;
  /**
   * True once it is being deleted under `deletionPolicy: Delete` and that was found to be somebody's wish: it governs
   * nothing any more and its objects go (THREATS 3).
   */
  readonly releasing: boolean;
}

export const baselineOf = (entry: Entry<BaselineBody>, releasing: boolean): Baseline => ({
  name: entry.name,
  uid: entry.uid,
  generation: entry.body.generation,
  createdAt: entry.body.createdAt,
  spec: entry.body.spec,
  releasing,
});

/** `spec.enforcement`, or the section's own. */
export const enforcementOf = (spec: SecurityBaselineSpec, section: Section): Enforcement =>
  spec[section]?.enforcement ?? spec.enforcement;

export const prunes = (spec: SecurityBaselineSpec): boolean => spec.deletionPolicy === 'Delete';

/** Whether a baseline's selector, exclusions and system rule take in a namespace with these labels. */
export function selects(spec: SecurityBaselineSpec, name: string, labels: Labels, ownNamespace: string): boolean {
  if (spec.excludedNamespaces?.some((glob) => matchesGlob(glob, name))) return false;
  if (isSystemNamespace(name, ownNamespace) && !spec.includedSystemNamespaces?.includes(name)) return false;
  const { matchLabels, matchExpressions } = spec.namespaceSelector;
  // An empty selector is refused by the schema; should one come through, it selects nothing rather than everything.
  if (matchLabels === undefined && matchExpressions === undefined) return false;
  return matchesSelector(spec.namespaceSelector, labels);
}

/** The label that every namespace has, and nobody can change (NamespaceDefaultLabelName). */
const NAME_LABEL = 'kubernetes.io/metadata.name';

/** Whether a baseline names a namespace that it selects, and does not only select it by what labels it has. */
export const names = ({ includedSystemNamespaces, namespaceSelector }: SecurityBaselineSpec, name: string): boolean =>
  includedSystemNamespaces?.includes(name) === true ||
  namespaceSelector.matchLabels?.[NAME_LABEL] === name ||
  (namespaceSelector.matchExpressions ?? []).some(
    ({ key, operator, values }) => key === NAME_LABEL && operator === 'In' && values?.includes(name) === true,
  );

/** The label keys that decide whether a baseline selects a namespace. */
export const selectorKeys = (spec: SecurityBaselineSpec): readonly string[] => keysOf(spec.namespaceSelector);

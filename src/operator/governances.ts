import type { PodSecurityLevels, Section } from '../api/types.ts';
import type { Baseline } from '../core/govern/baseline.ts';
import { baselineOf } from '../core/govern/baseline.ts';
import { govern } from '../core/govern/govern.ts';
import type { Governance } from '../core/govern/governance.ts';
import { sameGovernance } from '../core/govern/governance.ts';
import type { Held } from '../core/govern/held.ts';
import { heldAfter, heldClosed } from '../core/govern/held.ts';
import type { BaselineBody, NamespaceBody } from '../core/model/bodies.ts';
import { heldOf } from '../core/outcome/report.ts';
import type { Entry } from '../k8s/entry.ts';
import type { ObjectIndex } from '../k8s/objectIndex.ts';
import { reportIn } from './reportIn.ts';

/** Who governs each namespace, computed when a namespace or a baseline changes and kept until then. */
export interface Governances {
  of(namespace: string): Governance | undefined;
  /** What the namespace is held to (THREATS 14): the memory of this process, else its BaselineReport. */
  held(namespace: string): Held;
  /** The Pod Security levels that it has reached, for good (THREATS 13); undefined: nobody looked. */
  reached(namespace: string, levels: PodSecurityLevels | undefined): void;
  /** Looks at one namespace again; true when what governs it changed. */
  refresh(namespace: string): boolean;
  /** Looks at all namespaces again, after a change of baselines; answers those whose governance changed. */
  refreshAll(): readonly string[];
  /** A namespace was seen closed in these directions: it is from now on (THREATS 21). */
  closed(namespace: string, directions: readonly ('Ingress' | 'Egress')[]): void;
  /** A released section was pruned: it is held no more. */
  pruned(namespace: string, sections: ReadonlySet<Section>): void;
  /** A baseline being deleted was found to wish its objects gone (THREATS 3); answers the namespaces concerned. */
  release(uid: string): readonly string[];
  /** Whether that was found. */
  isReleasing(uid: string): boolean;
  /** Namespaces in which a baseline still has something to prune. */
  outstanding(baseline: string): readonly string[];
}

export function createGovernances(index: ObjectIndex, ownNamespace: string): Governances {
  const governances = new Map<string, Governance>();
  const helds = new Map<string, Held>();
  const releasing = new Set<string>();

  const baselines = (): readonly Baseline[] =>
    [...index.ofKind('SecurityBaseline')].map((entry) =>
      baselineOf(entry as Entry<BaselineBody>, releasing.has(entry.uid)),
    );

  const heldNow = (namespace: string): Held => {
    const known = helds.get(namespace);
    if (known !== undefined) return known;
    return heldOf(reportIn(index, namespace)?.body.report);
  };

  const look = (entry: Entry<NamespaceBody>, all: readonly Baseline[]): boolean => {
    const { name, labels } = entry;
    const before = heldNow(name);
    const old = governances.get(name);
    const found = govern(all, { name, labels }, before, ownNamespace);
    const held = heldAfter(found, before, NONE, old);
    // What a take-over weakened is noticed by what is recorded of it.
    const tells = held.some(({ weakened }) => weakened !== undefined);
    const governance = tells ? govern(all, { name, labels }, held, ownNamespace) : found;
    helds.set(name, held);
    if (old !== undefined && sameGovernance(old, governance)) return false;
    governances.set(name, governance);
    return true;
  };

  const refresh = (namespace: string): boolean => {
    const entry = index.get('Namespace', '', namespace) as Entry<NamespaceBody> | undefined;
    if (entry !== undefined) return look(entry, baselines());
    helds.delete(namespace);
    return governances.delete(namespace);
  };

  const refreshAll = (): readonly string[] => {
    const all = baselines();
    // A uid that is gone may come back from a backup of etcd, and wishes no more than its spec says.
    for (const uid of releasing) if (!all.some((baseline) => baseline.uid === uid)) releasing.delete(uid);
    return [...index.ofKind('Namespace')]
      .filter((entry) => look(entry as Entry<NamespaceBody>, all))
      .map(({ name }) => name);
  };

  return {
    of: (namespace) => governances.get(namespace),
    held: heldNow,
    reached: (namespace, levels) => {
      if (levels === undefined || !governances.has(namespace)) return;
      helds.set(
        namespace,
        heldNow(namespace).map((row) => (row.section === 'podSecurity' ? withLevels(row, levels) : row)),
      );
    },
    refresh,
    refreshAll,
    closed: (namespace, directions) => {
      const before = heldNow(namespace);
      const after = heldClosed(before, directions);
      if (after !== before) helds.set(namespace, after);
    },
    pruned: (namespace, sections) => {
      const entry = index.get('Namespace', '', namespace);
      if (entry === undefined || !governances.has(namespace)) return;
      const before = heldNow(namespace);
      const { name, labels } = entry;
      helds.set(name, heldAfter(govern(baselines(), { name, labels }, before, ownNamespace), before, sections));
      refresh(namespace);
    },
    release: (uid) => {
      // Asked at every poll of a deletion; what is released is looked at anew only once.
      if (releasing.has(uid)) return [];
      releasing.add(uid);
      return refreshAll();
    },
    isReleasing: (uid) => releasing.has(uid),
    outstanding: (baseline) =>
      [...governances.values()]
        .filter(({ sections }) => sections.some(({ released }) => released === baseline))
        .map(({ namespace }) => namespace),
  };
}

const withLevels = ({ levels: _before, ...row }: Held[number], levels: PodSecurityLevels): Held[number] =>
  Object.keys(levels).length === 0 ? row : { ...row, levels };

const NONE: ReadonlySet<Section> = new Set();

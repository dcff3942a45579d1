import type { PodSecurityLevels, Section } from '../api/types.ts';
import type { Baseline } from '../core/govern/baseline.ts';
import { baselineOf, enforcementOf } from '../core/govern/baseline.ts';
import { govern } from '../core/govern/govern.ts';
import type { Governance } from '../core/govern/governance.ts';
import { sameGovernance } from '../core/govern/governance.ts';
import type { Held } from '../core/govern/held.ts';
import { heldAfter, heldClosed } from '../core/govern/held.ts';
import type { BaselineBody, NamespaceBody } from '../core/model/bodies.ts';
import { recorded } from '../core/rollout/recorded.ts';
import type { Waits } from '../core/rollout/stage.ts';
import { rollsOut, staged } from '../core/rollout/stage.ts';
import { versionsIn } from '../core/rollout/versions.ts';
import type { Entry } from '../k8s/entry.ts';
import type { ObjectIndex } from '../k8s/objectIndex.ts';
import { createRecords } from './records.ts';
import { reportIn } from './reportIn.ts';
import type { Rollouts } from './rollout/rollouts.ts';

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
  /** Its turn in the roll-out of a baseline has come; true when what governs it changed. */
  letThrough(namespace: string, uid: string): boolean;
  /** A released section was pruned: it is held no more. */
  pruned(namespace: string, sections: ReadonlySet<Section>): void;
  /** A baseline being deleted was found to wish its objects gone (THREATS 3); answers the namespaces concerned. */
  release(uid: string): readonly string[];
  /** Whether that was found. */
  isReleasing(uid: string): boolean;
  /** Namespaces in which a baseline still has something to prune. */
  outstanding(baseline: string): readonly string[];
}

/** `rollouts` hears who waits for its turn. */
export function createGovernances(
  index: ObjectIndex,
  ownNamespace: string,
  rollouts: Pick<Rollouts, 'waits' | 'keepOnly'> = NO_ROLLOUTS,
): Governances {
  const governances = new Map<string, Governance>();
  const records = createRecords(index);
  const waiting: Waiting = new Map();
  const releasing = new Set<string>();

  const baselines = (): readonly Baseline[] =>
    [...index.ofKind('SecurityBaseline')].map((entry) =>
      baselineOf(entry as Entry<BaselineBody>, releasing.has(entry.uid)),
    );

  const recall = recallIn(index);

  const forget = (namespace: string): boolean => {
    waiting.delete(namespace);
    return governances.delete(namespace);
  };

  const look = (entry: Entry<NamespaceBody>, all: readonly Baseline[], turn?: string): boolean => {
    const { name, labels } = entry;
    const isAnew = records.isAnew(entry);
    if (isAnew) forget(name);
    const before = records.of(name);
    const old = governances.get(name);
    const found = govern(all, { name, labels }, before, ownNamespace);
    const held = heldAfter(found, before, NONE, old);
    // What a take-over weakened is noticed by what is recorded of it.
    const tells = held.some(({ weakened }) => weakened !== undefined);
    const wanted = tells ? govern(all, { name, labels }, held, ownNamespace) : found;
    records.put(name, held);
    const options = { rests: restsIn(all), turn, waited: waiting.get(name) ?? NOTHING };
    const { governance, waits } = staged(wanted, old ?? (isAnew ? undefined : recall(wanted, all)), options);
    rollouts.waits(name, kept(waiting, name, waits));
    if (old !== undefined && sameGovernance(old, governance)) return false;
    governances.set(name, governance);
    return true;
  };

  const refresh = (namespace: string, turn?: string): boolean => {
    const entry = index.get('Namespace', '', namespace) as Entry<NamespaceBody> | undefined;
    if (entry !== undefined) return look(entry, baselines(), turn);
    records.gone(namespace);
    return forget(namespace);
  };

  const refreshAll = (): readonly string[] => {
    const all = baselines();
    // A uid that is gone may come back from a backup of etcd, and wishes no more than its spec says.
    for (const uid of releasing) if (!all.some((baseline) => baseline.uid === uid)) releasing.delete(uid);
    const namespaces = [...index.ofKind('Namespace')] as readonly Entry<NamespaceBody>[];
    const changed = namespaces.filter((entry) => look(entry, all)).map(({ name }) => name);
    rollouts.keepOnly(all);
    return changed;
  };

  return {
    of: (namespace) => governances.get(namespace),
    held: records.of,
    reached: (namespace, levels) => {
      if (levels === undefined || !governances.has(namespace)) return;
      records.put(namespace, withLevels(records.of(namespace), levels));
    },
    refresh,
    refreshAll,
    closed: (namespace, directions) => {
      const before = records.of(namespace);
      const after = heldClosed(before, directions);
      if (after !== before) records.put(namespace, after);
    },
    letThrough: refresh,
    pruned: (namespace, sections) => {
      const entry = index.get('Namespace', '', namespace);
      if (entry === undefined || !governances.has(namespace)) return;
      const before = records.of(namespace);
      const { name, labels } = entry;
      records.put(name, heldAfter(govern(baselines(), { name, labels }, before, ownNamespace), before, sections));
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

const withLevels = (held: Held, levels: PodSecurityLevels): Held =>
  held.map(({ levels: before, ...row }) => {
    if (row.section !== 'podSecurity') return before === undefined ? row : { ...row, levels: before };
    return Object.keys(levels).length === 0 ? row : { ...row, levels };
  });

/** Whether a baseline is there, and now only audits a section, or is suspended: it holds nothing, and writes nothing. */
const restsIn =
  (all: readonly Baseline[]) =>
  ({ uid }: Baseline, section: Section): boolean => {
    const now = all.find((baseline) => baseline.uid === uid);
    return now !== undefined && (now.spec.suspend === true || enforcementOf(now.spec, section) === 'Audit');
  };

/** Who governed a namespace when its report was written. The versions in a status are read once for all namespaces. */
function recallIn(index: ObjectIndex): (wanted: Governance, all: readonly Baseline[]) => Governance | undefined {
  const parsed = new WeakMap<object, readonly Baseline[]>();
  const versions = (baseline: Baseline): readonly Baseline[] => {
    const { body } = (index.get('SecurityBaseline', '', baseline.name) ?? {}) as Partial<Entry<BaselineBody>>;
    const kept = body?.status?.rollout?.from;
    if (kept === undefined) return [];
    const known = parsed.get(kept) ?? versionsIn(baseline, kept);
    parsed.set(kept, known);
    return known;
  };
  return (wanted, all) =>
    rollsOut(wanted)
      ? recorded(wanted, reportIn(index, wanted.namespace)?.body.report.sections ?? [], all, versions)
      : undefined;
}

const NO_ROLLOUTS = { waits: () => {}, keepOnly: () => {} };

/** The baselines, by uid, for which namespaces wait: nothing else tells, once nothing of one governs there. */
type Waiting = Map<string, ReadonlySet<string>>;

function kept(waiting: Waiting, namespace: string, waits: readonly Waits[]): readonly Waits[] {
  if (waits.length === 0) waiting.delete(namespace);
  else waiting.set(namespace, new Set(waits.map(({ baseline }) => baseline.uid)));
  return waits;
}

const NONE: ReadonlySet<Section> = new Set();
const NOTHING: ReadonlySet<string> = new Set();

import type { Section } from '../api/types.ts';
import type { Control } from '../core/control/control.ts';
import type { FactNote } from '../core/facts/factNotes.ts';
import { factNotes } from '../core/facts/factNotes.ts';
import type { FactName } from '../core/facts/facts.ts';
import type { Governance } from '../core/govern/governance.ts';
import { isUsed } from '../core/govern/governance.ts';
import { usedFacts } from '../core/plan/usedFacts.ts';
import type { ObjectIndex } from '../k8s/objectIndex.ts';
import type { FactsKeeper } from './factsKeeper.ts';
import type { Governances } from './governances.ts';
import type { Ledger } from './ledger.ts';
import type { Queue } from './queue.ts';

/** Turns what happened into the namespaces that have to be looked at, and no others. */
export interface Attention {
  /** Something of ours in a namespace changed. */
  drift(namespace: string): void;
  /** A pod or what makes pods changed: of interest where a control reads the kind. */
  workload(namespace: string, kind: string): void;
  /** A namespace changed; `look` when its labels or its end are involved. */
  namespace(name: string, look: boolean): void;
  /** Baselines changed: only namespaces whose governance changed are looked at. */
  governance(): void;
  /** These namespaces have another governance now. */
  governanceChanged(namespaces: readonly string[]): void;
  /** Other waivers hold in these namespaces now. */
  waivers(namespaces: readonly string[]): void;
  /** Facts may have changed: only namespaces that use the changed ones are looked at. */
  facts(): void;
  /** The kinds of a section are known now. */
  sectionReady(section: Section): void;
}

export interface AttentionOptions {
  readonly index: ObjectIndex;
  readonly controls: readonly Control[];
  readonly governances: Governances;
  readonly ledger: Ledger;
  readonly facts: FactsKeeper;
  readonly queue: Queue;
  /** Hears of what was found out or lost about the cluster. */
  readonly onFact: (note: FactNote) => void;
}

export function createAttention(options: AttentionOptions): Attention {
  const { index, controls, governances, ledger, facts, queue } = options;

  const concerns = (namespace: string): boolean => {
    const governance = governances.of(namespace);
    return (governance !== undefined && isGoverned(governance)) || ledger.outcome(namespace) !== undefined;
  };

  const expect = (namespace: string): void => {
    const governance = governances.of(namespace);
    if (governance !== undefined) ledger.expect(governance);
  };

  const lookWhere = (matters: (governance: Governance) => boolean): void => {
    for (const { name } of index.ofKind('Namespace')) {
      const governance = governances.of(name);
      if (governance !== undefined && isGoverned(governance) && matters(governance)) queue.add(name, 'bulk');
    }
  };

  const governanceChanged = (namespaces: readonly string[]): void => {
    for (const namespace of namespaces) {
      expect(namespace);
      if (concerns(namespace)) queue.add(namespace, 'bulk');
    }
  };

  return {
    drift: (namespace) => {
      if (concerns(namespace)) queue.add(namespace, 'live');
    },
    workload: (namespace, kind) => {
      const reads = (section: Section): boolean =>
        controls.some((c) => c.section === section && [...c.reads, ...(c.inspects ?? [])].includes(kind));
      const used = governances.of(namespace)?.sections.some((s) => isUsed(s) && reads(s.section));
      // Pods come and go by the thousand, and nothing of ours is in danger: drift goes first.
      if (used === true) queue.add(namespace, 'bulk');
    },
    namespace: (name, look) => {
      const changed = governances.refresh(name);
      if (changed) expect(name);
      // A namespace that went while it was looked at still has to be forgotten.
      const gone = changed && governances.of(name) === undefined;
      if (gone || ((changed || look) && concerns(name))) queue.add(name, 'live');
    },
    governance: () => governanceChanged(governances.refreshAll()),
    governanceChanged,
    waivers: (namespaces) => {
      // Of one that names thousands, the repairs of others do not wait for the last.
      const lane = namespaces.length > MANY ? 'bulk' : 'live';
      for (const namespace of namespaces) if (concerns(namespace)) queue.add(namespace, lane);
    },
    facts: () => {
      const before = facts.now();
      const changed = facts.refresh();
      for (const note of factNotes(before, facts.now())) options.onFact(note);
      if (changed.length > 0) lookWhere((governance) => usesAny(controls, governance, changed));
    },
    sectionReady: (section) => {
      facts.refresh();
      lookWhere(({ sections }) => sections.some((s) => s.section === section));
    },
  };
}

const MANY = 100;

const isGoverned = ({ sections }: Governance): boolean => sections.some(isUsed);

function usesAny(controls: readonly Control[], governance: Governance, names: readonly FactName[]): boolean {
  const used = usedFacts(controls, governance);
  return names.some((name) => used.has(name));
}

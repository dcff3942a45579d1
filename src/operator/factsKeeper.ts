import type { FactName, Facts } from '../core/facts/facts.ts';
import { factNamesChanged, factsOf } from '../core/facts/factsOf.ts';
import type { ObjectIndex } from '../k8s/objectIndex.ts';

/** The facts as last seen; unchanged ones keep their identity, so that decisions compare them by it. */
export interface FactsKeeper {
  now(): Facts;
  /** Looks again; answers the names of the facts that changed. */
  refresh(): readonly FactName[];
  /** What discovery found; undefined when it did not answer. */
  served(groups: readonly string[] | undefined, minor?: number): void;
}

export function createFactsKeeper(index: ObjectIndex): FactsKeeper {
  let groups: readonly string[] | undefined;
  let serverMinor: number | undefined;
  let facts: Facts | undefined;
  const now = (): Facts => {
    facts ??= factsOf(index, groups, undefined, serverMinor);
    return facts;
  };
  return {
    now,
    refresh: () => {
      const before = now();
      facts = factsOf(index, groups, before, serverMinor);
      return factNamesChanged(before, facts);
    },
    served: (next, minor) => {
      groups = next ?? groups;
      serverMinor = minor ?? serverMinor;
    },
  };
}

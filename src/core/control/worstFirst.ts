import { grouped } from '../../k8s/grouped.ts';

/** In their order, but what is worse first: of many only the first are looked at, and a flood of harmless ones must hide none. */
export const worstFirst = <T>(all: readonly T[], isWorse: (one: T) => boolean): readonly T[] => {
  const groups = grouped(all, isWorse);
  return [...(groups.get(true) ?? []), ...(groups.get(false) ?? [])];
};

import type { UsageEntry } from '../usage/usage.ts';

/** With more objects than this a rule names none: the next one is likely another. */
export const MAX_NAMES = 5;

/**
 * The objects a rule can name without being wrong tomorrow: a single one, or few, and no new one among at least as many of
 * the last uses as there are names. A controller that makes objects with random names shows a new one each time, so it gets
 * no names. Undefined: any object. A use without a name (a list, a create) needs that anyway.
 */
export function stableNames(
  entry: UsageEntry,
  all: readonly UsageEntry[],
  maxNames: number,
): readonly string[] | undefined {
  const { names } = entry.names;
  if (!areKnown(entry) || names.length > maxNames) return undefined;
  const judged = isCreatedByWrite(entry) ? all.filter((other) => writesSame(other, entry)) : [entry];
  return judged.every(areStable) ? names : undefined;
}

// Nothing says that there is a second one, also where it was used once; the log of a longer time may.
const areStable = (entry: UsageEntry): boolean =>
  areKnown(entry) && (entry.names.names.length === 1 || entry.names.sinceNew >= entry.names.names.length);

/** The objects a right was used on, stable or not. Undefined: some uses had no name, or one that does not come again. */
export const knownNames = (entry: UsageEntry): readonly string[] | undefined =>
  areKnown(entry) ? entry.names.names : undefined;

const areKnown = ({ names }: UsageEntry): boolean =>
  names.unnamed === 0 && !names.isCut && names.names.length > 0 && !names.names.some((name) => GENERATED.test(name));

/**
 * The ends of names that the server (apiserver/pkg/storage/names), a Deployment or a recorder of events makes: the next
 * object has another. A name of people's that looks like one is not told apart, and is not named.
 */
const GENERATED = /-[bcdfghjklmnpqrstvwxz2456789]{5,10}$|\.[0-9a-f]{16}$/;

// An object is created once, so the creates of a server-side apply say nothing about tomorrow; the writes beside them do.
const isCreatedByWrite = ({ because }: UsageEntry): boolean => because.every((one) => one === 'created');

function writesSame({ permission: other }: UsageEntry, { permission }: UsageEntry): boolean {
  if (other.type === 'path' || permission.type === 'path') return false;
  return (
    (other.verb === 'patch' || other.verb === 'update') &&
    other.group === permission.group &&
    other.resource === permission.resource &&
    other.namespace === permission.namespace
  );
}

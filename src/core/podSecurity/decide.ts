import type { PodSecurityLevels } from '../../api/types.ts';
import type { Grade } from './grade.ts';
import { covers, isSame, strictest } from './grade.ts';
import { compareLevels } from './level.ts';

/** What a mode was raised to, and what others had there before. */
export type Reached = NonNullable<PodSecurityLevels['enforce']>;

export interface Decision {
  /** What the labels are to say; undefined: they are left as they are. */
  readonly wanted: Grade | undefined;
  /** The record from then on. */
  readonly reached: Reached | undefined;
  /** Set when others have it stricter than is declared: it stays, and is reported. */
  readonly stricter?: Grade;
  /** Set when the raise waits for workloads: to what it would be raised. */
  readonly held?: Required<Grade>;
}

export interface DecisionInput {
  readonly declared: Required<Grade> | undefined;
  readonly live: Grade | undefined;
  /** By the record of the namespace. */
  readonly reached: Reached | undefined;
  /** Whether a first raise to this has to wait. Asked only where it matters. */
  readonly mustWait: (grade: Required<Grade>) => boolean;
}

/**
 * What becomes of one mode of a namespace (THREATS 13). A first raise may have to wait; what was reached once is put back
 * whatever runs; what others have stricter stays; what is let go falls back to what was there before, never to nothing.
 */
export function decide({ declared, live, reached, mustWait }: DecisionInput): Decision {
  const isOurs = reached !== undefined && isSame(live, gradeOf(reached));
  if (declared === undefined) return { wanted: isOurs ? reached.before : undefined, reached: undefined };
  const theirs = reached !== undefined && (isOurs || isLowered(live, reached, declared)) ? reached.before : live;
  const target = targetOf(declared, theirs);
  if (live !== undefined && isSame(target, live)) {
    const isStricter = !isOurs && !covers(declared, live);
    const kept = { wanted: live, reached: recordOf(declared, target, theirs, reached, undefined) };
    return isStricter ? { ...kept, stricter: live } : kept;
  }
  if (raises(target, live, reached) && mustWait(explicit(target))) {
    return { wanted: meanwhile(live, reached), reached, held: explicit(target) };
  }
  return { wanted: target, reached: recordOf(declared, target, theirs, reached, live) };
}

/** Whoever lowers what was reached wishes nothing that counts; but what is above the declared level is not taken away. */
const isLowered = (live: Grade | undefined, reached: Reached, declared: Grade): boolean =>
  live === undefined ||
  ((compareLevels(live.level, reached.level) < 0 || covers(reached, live)) &&
    compareLevels(live.level, declared.level) <= 0);

const raises = (target: Grade, live: Grade | undefined, reached: Reached | undefined): boolean =>
  !(live !== undefined && covers(live, target)) && !(reached !== undefined && covers(reached, target));

/** While a raise waits, what was reached before holds. */
const meanwhile = (live: Grade | undefined, reached: Reached | undefined): Grade | undefined =>
  reached === undefined || (live !== undefined && compareLevels(live.level, reached.level) > 0)
    ? undefined
    : gradeOf(reached);

const gradeOf = ({ level, version }: Reached): Required<Grade> => ({ level, version });
const explicit = ({ level, version = 'latest' }: Grade): Required<Grade> => ({ level, version });

/**
 * As strict as what is declared and as what others want. A stricter level without a version stays in their words; where
 * the level is that which is declared, the version is not left to the API server's configuration.
 */
function targetOf(declared: Required<Grade>, theirs: Grade | undefined): Grade {
  if (theirs === undefined) return declared;
  const both = strictest(declared, theirs);
  const inTheirWords = theirs.version === undefined && compareLevels(theirs.level, declared.level) > 0;
  return inTheirWords && covers(theirs, both) ? theirs : both;
}

function recordOf(
  declared: Required<Grade>,
  target: Grade,
  theirs: Grade | undefined,
  reached: Reached | undefined,
  replaced: Grade | undefined,
): Reached {
  // What stands is theirs: there is nothing to go back to.
  if (isSame(target, theirs)) return declared;
  // What makes it stricter than is declared is theirs still; what was only lowered is nobody's wish.
  const chosen = theirs !== undefined && !covers(declared, theirs);
  const before = chosen ? theirs : reached === undefined ? replaced : reached.before;
  return before === undefined ? explicit(target) : { ...explicit(target), before };
}

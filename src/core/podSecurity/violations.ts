import type { Broken } from './broken.ts';
import type { PodCheck } from './check.ts';
import { POD_CHECKS, podCheck } from './checks.ts';
import type { PodLevel } from './level.ts';
import type { PodInput } from './pod.ts';

/** What a pod breaks, and in which versions of the standards: small, and equal for pods of one template. */
export interface Violation extends Broken {
  /** Id of the check. */
  readonly check: string;
  /** The first minor that forbids it. */
  readonly since: number;
  /** The first minor that no longer does; absent: all that are known do. */
  readonly until?: number;
  /** So many more of the same check are not kept; absent: none. */
  readonly more?: number;
}

/** Of each check, so that no flood of fields hides what another check has found. */
const MAX_PER_CHECK = 3;
/** One more than is shown, so that it shows that more is cut off. */
const MAX_TEXT = 65;

/** Everything that some level of some version forbids in a pod. Pure and total. */
export const violationsOf = (pod: PodInput): readonly Violation[] =>
  POD_CHECKS.flatMap((check) => violationsOfCheck(check, pod));

function violationsOfCheck(check: PodCheck, pod: PodInput): readonly Violation[] {
  const found = new Map<string, Violation>();
  const done: Violation[] = [];
  for (const [at, { since, find }] of check.revisions.entries()) {
    const until = check.revisions[at + 1]?.since;
    const now = new Set<string>();
    const all = find(pod);
    for (const [index, broken] of all.slice(0, MAX_PER_CHECK).entries()) {
      const key = `${broken.container}\n${broken.field}\n${broken.value}`;
      const before = found.get(key);
      const more = index === MAX_PER_CHECK - 1 ? all.length - MAX_PER_CHECK : 0;
      // Two revisions that agree are one stretch of versions.
      found.set(key, {
        ...stretch(check.id, broken, before?.until === since ? before.since : since, until),
        ...(more === 0 ? {} : { more }),
      });
      now.add(key);
    }
    for (const [key, violation] of found) {
      if (now.has(key)) continue;
      done.push(violation);
      found.delete(key);
    }
  }
  return [...done, ...found.values()];
}

const stretch = (check: string, { container, field, value }: Broken, since: number, until?: number): Violation => ({
  check,
  container: cut(container),
  field: cut(field),
  value: cut(value),
  since,
  ...(until === undefined ? {} : { until }),
});

const cut = (text: string): string => (text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT - 1)}…` : text);

/** Minors of the standards, both ends included; one when it is known which version holds. */
export interface Minors {
  readonly from: number;
  readonly to: number;
}

/** What a level forbids in at least one of these versions; `to` may be newer than any version known here. */
export const violationsAt = (violations: readonly Violation[], level: PodLevel, minors: Minors): readonly Violation[] =>
  violations.filter((violation) => isForbidden(violation, level, minors));

function isForbidden({ check, since, until = Number.POSITIVE_INFINITY }: Violation, level: PodLevel, minors: Minors) {
  const found = podCheck(check);
  if (found === undefined || level === 'privileged' || (level === 'baseline' && found.level === 'restricted')) {
    return false;
  }
  // Where a stricter check has taken its place, that one tells of it.
  const end = level === 'restricted' ? Math.min(until, found.overriddenFrom ?? until) : until;
  return Math.max(since, minors.from) <= Math.min(end - 1, minors.to);
}

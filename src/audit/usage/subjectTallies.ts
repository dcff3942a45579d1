import type { Observation } from './observation.ts';
import { permissionKey } from './permission.ts';
import type { Tally } from './tally.ts';
import { entryOf } from './tally.ts';
import type { SubjectUsage } from './usage.ts';

/** What is counted of one subject. */
export interface SubjectTallies {
  groups: readonly string[];
  readonly used: Map<string, Tally>;
  readonly denied: Map<string, Tally>;
  readonly refused: Map<string, Tally>;
  /** How many of `used` are paths. */
  paths: number;
  dropped: number;
}

export const newSubject = (): SubjectTallies => ({
  groups: [],
  used: new Map(),
  denied: new Map(),
  refused: new Map(),
  paths: 0,
  dropped: 0,
});

/** The tally that a piece of evidence belongs to, if there is one yet. */
export const tallyFor = (
  subject: SubjectTallies | undefined,
  { outcome, permission }: Observation,
): Tally | undefined => subject?.[outcome].get(permissionKey(permission));

export const subjectUsage = (subject: SubjectTallies): SubjectUsage => ({
  groups: subject.groups,
  used: sorted(subject.used),
  denied: sorted(subject.denied),
  refused: sorted(subject.refused),
  dropped: subject.dropped,
});

const sorted = (tallies: ReadonlyMap<string, Tally>): SubjectUsage['used'] =>
  [...tallies].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, tally]) => entryOf(tally));

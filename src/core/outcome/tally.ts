import type { Finding } from '../model/finding.ts';
import type { BaselineOutcome, Failure, SectionRole } from './outcome.ts';

/** What one namespace adds to one baseline. */
export interface Contribution {
  /** The baseline's, as it was looked at. */
  readonly uid: string;
  readonly generation: number;
  /** See BaselineOutcome. */
  readonly oldest?: number;
  readonly state: BaselineOutcome['state'];
  readonly retained: boolean;
  readonly sections?: readonly SectionRole[];
  readonly findings: readonly Finding[];
  readonly failure: Failure | undefined;
  /** Since when it has not been compliant, in milliseconds of the operator's clock; 0 = since before its start. */
  readonly sinceMs: number;
}

/**
 * Running counts of one baseline over its namespaces. Adding or taking away a namespace costs what that namespace
 * contains, never the number of namespaces.
 */
export interface Tally {
  readonly counts: Readonly<Record<BaselineOutcome['state'] | 'retained' | 'pending', number>>;
  /** Findings by `control severity result`, as the metrics want them. */
  readonly findings: ReadonlyMap<string, number>;
  /** Namespaces by section and role. */
  readonly sections?: ReadonlyMap<SectionRole, number>;
  /** Namespaces by the oldest version that they are held at; see `versionOf`. Absent: nobody counted. */
  readonly versions?: ReadonlyMap<string, number>;
  /** Namespaces with something to say, for `worst`. */
  readonly bad: ReadonlyMap<string, Contribution>;
  /** Failed namespaces by reason. */
  readonly failures: ReadonlyMap<Failure['reason'], number>;
}

/** A baseline that was made anew under its name begins at generation 1 again. */
export const versionOf = ({ uid, generation }: { readonly uid: string; readonly generation: number }): string =>
  `${uid}/${generation}`;

/** How many namespaces a baseline governs; retained ones are counted apart (DESIGN §2.1). */
export const governedCount = ({ counts }: Tally): number =>
  counts.compliant + counts.drifted + counts.failed + counts.unknown + counts.waived + counts.pending;

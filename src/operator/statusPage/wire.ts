/** What the server tells the page. Both sides have it, so it imports nothing. */

/** Worst first: the order in which the wall sorts, and in which a namespace that counts twice is judged. */
export const STATES = ['failed', 'drifted', 'unknown', 'pending', 'waived', 'retained', 'compliant'] as const;

/** A namespace, its state, and the baselines that it counts for. */
export type Cell = readonly [name: string, state: string, baselines: readonly string[]];

export interface BaselineLine {
  readonly name: string;
  readonly enforcement: string;
  /** True, False or Unknown by condition. */
  readonly conditions: Readonly<Record<string, string>>;
  /** Namespaces by state. */
  readonly counts: Readonly<Record<string, number>>;
  /** Findings by severity. */
  readonly findings: Readonly<Record<string, number>>;
}

export interface Snapshot {
  /** Whether this replica works; one that stands by has looked at no namespace. */
  readonly leads: boolean;
  readonly baselines: readonly BaselineLine[];
  readonly cells: readonly Cell[];
}

/** What is new since the message before. */
export interface Delta {
  readonly leads: boolean;
  /** All of them, when one changed. */
  readonly baselines?: readonly BaselineLine[];
  readonly cells: readonly Cell[];
  readonly gone: readonly string[];
}

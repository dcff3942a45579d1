import type { LoggedRequest } from '../support/faultProxy.ts';
import type { LogLine } from '../support/operator.ts';
import type { Interval } from './interval.ts';
import type { Scenario } from './scenario.ts';
import type { Snapshot } from './snapshot.ts';
import type { Deed } from './step.ts';
import type { Write } from './write.ts';

/** Everything that the oracle judges by. Times are milliseconds of the wall clock, which the API server shares. */
export interface Observation {
  readonly scenario: Scenario;
  /** From the first step to the end of the last. */
  readonly chaos: Interval;
  /** Nobody but the operator does anything, and everything had become right before. */
  readonly quiet: Interval;
  readonly done: readonly Done[];
  readonly lives: readonly Life[];
  /** By whomever, from before the first step on. */
  readonly writes: readonly Write[];
  /** Before the first step, and after each start of the API server. */
  readonly snapshots: readonly Snapshot[];
  /** At the end of the quiet. */
  readonly final: Snapshot;
  /** What the operator sent through the proxy. */
  readonly requests: readonly LoggedRequest[];
}

/** A deed as it went. */
export interface Done extends Interval {
  readonly deed: Deed;
  /** `done`, or why not. */
  readonly outcome: string;
  /** The uids of what was annotated. */
  readonly noted: readonly string[];
}

/** One process of the operator. */
export interface Life extends Interval {
  readonly replica: number;
  /** When it began to work: it leads, and knows what it has to. */
  readonly worksFromMs: number | undefined;
  /** How it ended: by a signal of ours, or by itself. */
  readonly end: 'SIGKILL' | 'SIGTERM' | 'itself';
  readonly code: number;
  readonly lines: readonly LogLine[];
}

/** What is wrong, and with what. */
export interface Violation {
  /** The rule's name, a sentence. */
  readonly rule: string;
  readonly what: string;
  /** The object whose history explains it: the namespace and name, or of cluster-scoped ones the name. */
  readonly about?: { readonly resource: string; readonly namespace: string; readonly name: string };
}

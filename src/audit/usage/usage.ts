import type { AllowedBy } from './allowedBy.ts';
import type { Because, Ignored } from './observation.ts';
import type { Permission } from './permission.ts';

/** Who used which right, as far as a stretch of the audit log tells. A value; nothing in it changes any more. */
export interface Usage {
  /** By user name, sorted. */
  readonly subjects: ReadonlyMap<string, SubjectUsage>;
  /** Of all events that were evidence: when the first and the last came in, RFC 3339. Undefined: there was none. */
  readonly observed: Span | undefined;
  readonly events: number;
  /** Events that prove nothing, by why. */
  readonly ignored: Readonly<Record<Ignored, number>>;
  readonly dropped: Dropped;
}

export interface SubjectUsage {
  /** Of the last event: what bindings to groups gave it. */
  readonly groups: readonly string[];
  readonly used: readonly UsageEntry[];
  /** The authorizer said no: told to people, never proposed. */
  readonly denied: readonly UsageEntry[];
  /** Authorized, and answered 403: a second check may be missing a right, or admission or a quota refused it. */
  readonly refused: readonly UsageEntry[];
  /** Observation there was no room for: what is proposed for this subject may be too little. */
  readonly dropped: number;
}

export interface UsageEntry {
  readonly permission: Permission;
  readonly names: NamesSeen;
  readonly count: number;
  readonly seen: Span;
  readonly because: readonly Because[];
  /** The bindings that allowed it; only some where there were more than are kept. */
  readonly allowedBy: readonly AllowedBy[];
  /** Times that no kept binding allowed it: another authorizer, nobody that RBAC asks, or one more binding than are kept. */
  readonly otherwiseAllowed: number;
}

/** Which objects a right was used on. */
export interface NamesSeen {
  /** Sorted; not all of them if `isCut`. */
  readonly names: readonly string[];
  readonly isCut: boolean;
  /** Uses without a name: lists, creates. */
  readonly unnamed: number;
  /** Uses since the last one that brought a new name. */
  readonly sinceNew: number;
}

export interface Span {
  readonly first: string;
  readonly last: string;
}

/** What there was no room for. Counted, so that nothing is missing in silence. */
export interface Dropped {
  /** Events with a text that is longer than what is kept. */
  readonly oversized: number;
  /** Pieces of evidence: of subjects beyond the limit, and of rights beyond it. */
  readonly used: number;
  readonly denied: number;
  readonly refused: number;
  /** Long-running requests whose start was forgotten before their end: each may be counted twice. */
  readonly longRunning: number;
}

import type { ObjectRef } from '../../k8s/ref.ts';
import { describeRef } from '../../k8s/ref.ts';

export type Severity = 'critical' | 'high' | 'medium' | 'low';
/** `waived`: a waiver exempts it; `pass` is the absence of a finding. */
export type Result = 'fail' | 'warn' | 'unknown' | 'waived';

/** What a control or the engine has to say about one object; plain data, so that status, reports and metrics agree. */
export interface Finding {
  /** The control's id, or `governance` for what the engine itself finds. */
  readonly control: string;
  /** The check of the controls map, such as SB-NET-001; see docs/findings.md. */
  readonly check: string;
  readonly severity: Severity;
  readonly result: Result;
  readonly ref: ObjectRef;
  /** Short, PascalCase, named after the failing fact. */
  readonly reason: string;
  /** A sentence for people that names the values; foreign strings in it went through `quoteForeign`. */
  readonly message: string;
  /** The waiver that exempts it, where one does. */
  readonly waiver?: string;
  /**
   * It rests on more than what its object holds, so that no waiver of the object alone is about it (THREATS 16). Absent: it
   * does not.
   */
  readonly beyondObject?: true;
}

const RANK: Readonly<Record<Severity, number>> = { critical: 0, high: 1, medium: 2, low: 3 };
const RESULT_RANK: Readonly<Record<Result, number>> = { fail: 0, unknown: 1, warn: 2, waived: 3 };

/** Worst first: failures before unknowns before warnings before what is waived, then by severity, then by name, so that output is stable. */
export const compareFindings = (a: Finding, b: Finding): number =>
  RESULT_RANK[a.result] - RESULT_RANK[b.result] ||
  RANK[a.severity] - RANK[b.severity] ||
  compareText(a.reason, b.reason) ||
  compareText(a.ref.name, b.ref.name);

export const compareText = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);

/**
 * The beginning of a text, at most so long. Cut within a character (half a surrogate pair), it would come back from the API
 * server as another text, and differ for ever.
 */
export const cutAt = (text: string, max: number): string => text.slice(0, max).toWellFormed();

const MAX_FOREIGN = 64;
/** What moves a cursor, turns the direction of writing or begins a line, and is not seen; JSON escapes the first of them alone. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** What somebody else wrote, whole, with what is not seen escaped. */
export const escapeForeign = (text: string): string =>
  JSON.stringify(text)
    .slice(1, -1)
    .replace(UNSEEN, (one) => `\\u${(one.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`);

/**
 * A string somebody else chose, made safe for messages, Events, logs and labels: what is not seen is escaped, and then it is
 * cut at 64 characters (THREATS 6).
 */
export function quoteForeign(text: string): string {
  const escaped = escapeForeign(text.slice(0, MAX_FOREIGN + 1));
  return escaped.length > MAX_FOREIGN ? `${cutAt(escaped, MAX_FOREIGN - 1)}…` : escaped;
}

/** An object as people are told of it: its name may be anything, and of any length. */
export const objectName = (ref: ObjectRef): string => describeRef({ ...ref, name: quoteForeign(ref.name) });

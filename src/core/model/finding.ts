import type { ObjectRef } from '../../k8s/ref.ts';

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
 * A string somebody else chose, made safe for messages, Events, logs and labels: control characters escaped, cut at
 * 64 characters (THREATS 6).
 */
export function quoteForeign(text: string): string {
  const cut = text.length > 64 ? `${text.slice(0, 63)}…` : text;
  return JSON.stringify(cut).slice(1, -1).replaceAll('\u007f', '\\u007f');
}

import type { Position } from '../files/position.ts';

/** Worst first. */
export const SEVERITIES = ['error', 'warning', 'info'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** From which severity on the exit code is 1; `none`: from none. */
export const FAIL_ON = [...SEVERITIES, 'none'] as const;
export type FailOn = (typeof FAIL_ON)[number];

/** Something that a command looked at. */
export interface Subject {
  readonly file: string;
  readonly position: Position;
  /** `SecurityBaseline restricted`. */
  readonly object: string;
}

/** One thing that is wrong with a subject. Its texts are printable, whoever wrote them. */
export interface Result extends Subject {
  readonly rule: string;
  readonly severity: Severity;
  /** Within the object, as a JSON path; `''` is all of it. */
  readonly path: string;
  /** What happens, and what to write instead. */
  readonly message: string;
}

/** What a result can be about, for tools that list rules. */
export interface Rule {
  readonly id: string;
  readonly severity: Severity;
  readonly summary: string;
  /** What to do about it; absent: the message of a result says it. */
  readonly help?: string;
}

/** What a command found, to be written in any format. */
export interface Report {
  /** `audit lint`. */
  readonly command: string;
  readonly rules: readonly Rule[];
  readonly subjects: readonly Subject[];
  readonly results: readonly Result[];
  readonly failOn: FailOn;
  /** What was given, and nothing was decided about. */
  readonly notJudged?: readonly NotJudgedSubject[];
}

export interface NotJudgedSubject extends Subject {
  readonly why: string;
}

/** What to do about a result, where its message does not say it. */
export const helpFor = ({ rules }: Report, { rule }: Result): string => rules.find(({ id }) => id === rule)?.help ?? '';

/** Whether a result of this severity makes the command end with 1. */
export const fails = (severity: Severity, failOn: FailOn): boolean =>
  failOn !== 'none' && SEVERITIES.indexOf(severity) <= SEVERITIES.indexOf(failOn);

/** Of one file by line; files in the order in which they were read, those that are in none of `files` last. */
export function sortResults(results: readonly Result[], files: readonly string[] = []): readonly Result[] {
  const order = new Map(
    [...new Set([...files, ...results.map(({ file }) => file)])].map((file, index) => [file, index]),
  );
  const rank = (file: string): number => order.get(file) ?? 0;
  return [...results].sort(
    (a, b) =>
      rank(a.file) - rank(b.file) ||
      a.position.line - b.position.line ||
      a.position.column - b.position.column ||
      SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity),
  );
}

/** A result on one line, for the log. */
export const lineOf = ({ file, position, message }: Result): string =>
  `${file}:${position.line}:${position.column}: ${message}`;

/** `1 error, 2 warnings`; `nothing`. */
export function countsOf(results: readonly Result[]): string {
  const counts = SEVERITIES.map(
    (severity) => [severity, results.filter((one) => one.severity === severity).length] as const,
  );
  const said = counts.filter(([, count]) => count > 0).map(([name, count]) => plural(count, name));
  return said.length === 0 ? 'nothing' : said.join(', ');
}

const plural = (count: number, name: string): string => `${count} ${name}${count === 1 || name === 'info' ? '' : 's'}`;

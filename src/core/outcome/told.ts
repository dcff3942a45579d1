import type { BaselineReportBody } from '../../api/types.ts';
import { hash64 } from '../../k8s/hash.ts';
import type { Finding } from '../model/finding.ts';
import { compareFindings, compareText, objectName } from '../model/finding.ts';
import type { Outcome } from './outcome.ts';

/** How many findings a report spells out; of further ones it keeps hashes, and of those beyond these one for all. */
export const REPORT_FINDINGS = 20;
export const FURTHER_FINDINGS = 200;

type Further = NonNullable<BaselineReportBody['further']>;

/** By what a finding is known again: of two alike on one object, one is told. */
export const toldKey = ({ control, reason, ref }: Finding): string => keyOfRow(control, reason, objectName(ref));

/** A finding, and the baseline that it is of. */
export interface TellableFinding {
  readonly baseline: string;
  readonly finding: Finding;
}

/** All findings of a look, worst first. Where a list is cut must not depend on the order in which a process came to know the objects. */
export const findingsToTell = ({ baselines }: Outcome): readonly TellableFinding[] =>
  baselines
    .flatMap(({ baseline, findings }) => findings.map((finding) => ({ baseline, finding })))
    .sort((a, b) => compareFindings(a.finding, b.finding) || compareText(toldKey(a.finding), toldKey(b.finding)));

const keyOfRow = (control: string, reason: string, object: string): string => `${control} ${reason} ${object}`;

/** What a report keeps of the findings that it does not spell out, so that the next process knows what was told. */
export function furtherOf(findings: readonly Finding[]): Further | undefined {
  const named = new Set(findings.slice(0, REPORT_FINDINGS).map(toldKey));
  const hashes = [...new Set(findings.map(toldKey).filter((key) => !named.has(key)))].map(hash64);
  if (hashes.length === 0) return undefined;
  const keys = hashes.slice(0, FURTHER_FINDINGS).sort();
  const rest = hashes.slice(FURTHER_FINDINGS);
  return rest.length === 0 ? { keys } : { keys, rest: digestOf(rest) };
}

const digestOf = (hashes: readonly string[]): string => hash64([...hashes].sort().join(' '));

const isKnown = (report: BaselineReportBody | undefined): ((finding: Finding) => boolean) => {
  // What was waived was told to nobody: once it is not any more, it is news.
  const told = report?.findings?.filter(({ result }) => result !== 'waived');
  const named = new Set(told?.map(({ control, reason, object }) => keyOfRow(control, reason, object)));
  const further = new Set(report?.further?.keys);
  return (finding) => named.has(toldKey(finding)) || further.has(hash64(toldKey(finding)));
};

/**
 * Whether a stored report tells of a finding: then a process that has just started does not tell of it once more. Where
 * the report has one hash for the rest, nobody can say of a single finding: `restIsNews` says of all.
 */
export function toldBy(report: BaselineReportBody | undefined): (finding: Finding) => boolean {
  if (report?.further?.rest !== undefined) return () => true;
  return isKnown(report);
}

/**
 * How many findings are none that the report knows one by one, when these are not the ones that its hash of the rest
 * stands for; otherwise 0. Some may not have been told: one Event says so, for hundreds would be a storm at each start.
 */
export function restIsNews(report: BaselineReportBody | undefined, findings: readonly Finding[]): number {
  const rest = report?.further?.rest;
  if (rest === undefined) return 0;
  const known = isKnown(report);
  const hashes = [...new Set(findings.filter((finding) => !known(finding)).map((finding) => hash64(toldKey(finding))))];
  return hashes.length === 0 || digestOf(hashes) === rest ? 0 : hashes.length;
}

import { isError, MAX_POLICY_CHARS, sectionFindings } from '../../audit/compile/publication.ts';
import type { AuditSection } from '../../audit/compile/section.ts';
import { readSection } from '../../audit/compile/section.ts';
import { sectionMistakes } from '../../audit/compile/sectionMistakes.ts';
import type { Decoded } from '../../audit/decode.ts';
import { decodePolicy } from '../../audit/decode.ts';
import type { LintContext, LintFinding } from '../../audit/lint.ts';
import { lintPolicy } from '../../audit/lintPolicy.ts';
import type { Mistake } from '../../audit/policy.ts';
import { readPolicy } from '../../audit/readPolicy.ts';
import { validatePolicy } from '../../audit/validate.ts';
import { record } from '../../k8s/json.ts';
import type { BrokenDocument, ManifestDocument } from '../files/documents.ts';
import type { Position } from '../files/position.ts';
import type { Result } from '../format/report.ts';
import { printable, shortPrintable } from '../printable.ts';
import { resultOf } from './results.ts';
import type { OwnRule } from './rules.ts';

/** What is known of the servers that files are for. */
export interface LintTarget extends LintContext {
  /** 36 for 1.36. */
  readonly minor: number;
}

export const SECTION_PATH = 'spec.audit';

/** All that is wrong with an audit policy. What cannot be read is not linted. */
export function lintPolicyDocument(document: ManifestDocument, target: LintTarget): readonly Result[] {
  const isLarge = (document.text()?.trim().length ?? 0) > MAX_POLICY_CHARS;
  const { policy, mistakes } = isLarge
    ? { policy: undefined, mistakes: [TOO_LARGE] }
    : readPolicyDocument(document, target.minor);
  const rule = isLarge ? 'too-large' : 'invalid-policy';
  return [
    ...(document.of > 1 ? [severalDocuments(document)] : []),
    ...bounded(document, mistakes, (mistake) => mistakeOf(document, rule, mistake)),
    ...bounded(document, policy === undefined ? [] : lintPolicy(policy, target), (one) => findingOf(document, one)),
  ];
}

const MAX_RESULTS = 1_000;

/** No more than anybody reads: a file may have as many mistakes as it has lines. */
function bounded<T>(document: ManifestDocument, all: readonly T[], make: (one: T) => Result): readonly Result[] {
  const shown = all.slice(0, MAX_RESULTS).map(make);
  if (all.length <= MAX_RESULTS) return shown;
  const message = `${all.length - MAX_RESULTS} more of these are not shown: put right those that are, and look again`;
  return [...shown, resultOf(document, { rule: 'too-many', severity: 'error', path: '', message })];
}

const TOO_LARGE: Mistake = {
  path: '',
  message: `it has more than ${MAX_POLICY_CHARS} characters, and a server looks through it for every request: make it smaller`,
};

/** The policy of a document, or what is wrong with it. */
export function readPolicyDocument(document: ManifestDocument, minor: number): Decoded {
  const own = document.text();
  if (own !== undefined) return readPolicy(own, minor);
  const decoded = decodePolicy(document.value);
  const mistakes = decoded.policy === undefined ? [] : validatePolicy(decoded.policy, minor);
  return mistakes.length === 0 ? decoded : { policy: undefined, mistakes };
}

/** All that is wrong with the audit section of a baseline: what an API server refuses, else what the operator's lints say. */
export function lintSectionDocument(document: ManifestDocument, minor: number): readonly Result[] {
  const { mistakes, section } = readSectionOf(document, minor);
  return [
    ...bounded(document, mistakes, (mistake) => mistakeOf(document, 'invalid-section', mistake)),
    ...bounded(document, section === undefined ? [] : sectionFindings(section), (one) =>
      findingOf(document, one, SECTION_PATH),
    ),
  ];
}

export interface SectionRead {
  /** Undefined where there are mistakes. */
  readonly section: AuditSection | undefined;
  /** With paths into the whole baseline. */
  readonly mistakes: readonly PlacedMistake[];
}

interface PlacedMistake extends Mistake {
  /** Absent: of its path. */
  readonly position?: Position;
}

export function readSectionOf(document: ManifestDocument, minor: number): SectionRead {
  const { audit } = record(record(document.value).spec);
  const twice = document.twice().map(({ name, position }): PlacedMistake => {
    const message = `the field ${name} stands twice, and one of them would be lost: leave one`;
    return { path: '', message, position };
  });
  const wrong = sectionMistakes(audit, minor).map((one) => ({ ...one, path: below(SECTION_PATH, one.path) }));
  if (twice.length + wrong.length > 0) return { section: undefined, mistakes: [...twice, ...wrong] };
  const section = readSection(audit);
  if (section !== undefined) return { section, mistakes: [] };
  return { section, mistakes: [{ path: SECTION_PATH, message: 'it is no audit section: write its level and rules' }] };
}

const below = (base: string, path: string): string => (path === '' ? base : `${base}.${path}`);

export const mistakeOf = (document: ManifestDocument, rule: OwnRule, mistake: PlacedMistake): Result => {
  const { path, message, offset } = mistake;
  const position = mistake.position ?? (offset === undefined ? undefined : document.positionAt(offset));
  return resultOf(document, { rule, severity: 'error', path, message }, position);
};

export const findingOf = (document: ManifestDocument, finding: LintFinding, base = ''): Result =>
  resultOf(document, {
    rule: finding.id,
    severity: isError(finding) ? 'error' : 'warning',
    path: base === '' ? finding.path : below(base, finding.path),
    message: finding.message,
  });

const severalDocuments = (document: ManifestDocument): Result =>
  resultOf(document, {
    rule: 'several-documents',
    severity: 'warning',
    path: '',
    message: `its file holds ${document.of} documents, and an API server reads the first alone: give the policy a file of its own`,
  });

export const unreadable = ({ file, position, message }: BrokenDocument): Result => ({
  file: printable(file),
  position,
  object: '-',
  rule: 'unreadable',
  severity: 'error',
  path: '',
  message: shortPrintable(message),
});

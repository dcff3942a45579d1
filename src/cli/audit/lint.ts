import type { LintContext } from '../../audit/lint.ts';
import type { ExitCode } from '../exitCodes.ts';
import { CLEAN, FOUND, UsageError } from '../exitCodes.ts';
import type { ReadDocument } from '../files/documents.ts';
import { documentsOf } from '../files/documents.ts';
import { readSources } from '../files/sourceFile.ts';
import { FORMAT_NAMES } from '../format/formatNames.ts';
import type { FormatName } from '../format/formats.ts';
import { FORMATS } from '../format/formats.ts';
import { parseOutputs, writeOutputs } from '../format/outputs.ts';
import type { FailOn, Report, Result, Subject } from '../format/report.ts';
import { countsOf, fails, sortResults } from '../format/report.ts';
import { printable } from '../printable.ts';
import type { Terminal } from '../terminal.ts';
import { identitiesOf } from './identities.ts';
import type { LintTarget } from './lintDocument.ts';
import { lintPolicyDocument, lintSectionDocument, unreadable } from './lintDocument.ts';
import { subjectOf } from './results.ts';
import { AUDIT_RULES } from './rules.ts';
import { servedIn } from './served.ts';
import { mayBeMeant, targetOf } from './targets.ts';

export interface LintFlags {
  readonly kubernetesVersion: number;
  readonly discovery?: string;
  readonly auditLog?: readonly string[];
  readonly auditMode?: NonNullable<LintContext['mode']>;
  readonly failOn: FailOn;
  readonly output?: readonly string[];
}

/** `drawbridge audit lint`: everything that is wrong with audit policies and audit sections in files. */
export async function auditLint(paths: readonly string[], flags: LintFlags, terminal: Terminal): Promise<ExitCode> {
  const outputs = parseOutputs(flags.output ?? ['table'], FORMAT_NAMES);
  const target = await targetOfFlags(flags, terminal);
  const found: Found = { subjects: [], results: [] };
  const passedOver: number[] = [];
  for await (const source of readSources(paths, terminal)) {
    const skipped = documentsOf(source).filter((document) => !lintInto(found, document, target)).length;
    if (skipped > 0 && source.isNamed) terminal.log(`${printable(source.name)}: ${skippedText(skipped)}`);
    else if (skipped > 0) passedOver.push(skipped);
  }
  if (passedOver.length > 0) terminal.log(`${passedOver.length} files in directories: ${skippedText(sum(passedOver))}`);
  if (found.subjects.length + found.results.length === 0) throw new UsageError(NOTHING);
  const results = sortResults(found.results);
  const report: Report = { ...found, command: 'audit lint', rules: AUDIT_RULES, results, failOn: flags.failOn };
  await writeOutputs(outputs, (name, options) => FORMATS[name as FormatName](report, options), terminal);
  terminal.log(`audit policies and sections: ${found.subjects.length}, found: ${countsOf(results)}`);
  return results.some(({ severity }) => fails(severity, flags.failOn)) ? FOUND : CLEAN;
}

async function targetOfFlags(flags: LintFlags, terminal: Terminal): Promise<LintTarget> {
  const { kubernetesVersion: minor, auditMode: mode, discovery, auditLog } = flags;
  return {
    minor,
    ...(mode === undefined ? {} : { mode }),
    ...(discovery === undefined ? {} : { served: await servedIn(discovery, terminal) }),
    ...(auditLog === undefined ? {} : { identities: await identitiesOf(auditLog, terminal) }),
  };
}

const NOTHING =
  'there is nothing to lint: name a file that holds a Policy of audit.k8s.io/v1, or a SecurityBaseline with an audit section';

interface Found {
  readonly subjects: Subject[];
  readonly results: Result[];
}

/** False: it is about something else. */
function lintInto({ subjects, results }: Found, document: ReadDocument, target: LintTarget): boolean {
  if (document.type === 'broken') {
    const isMeant = document.isNamed || mayBeMeant(document.text);
    if (isMeant) results.push(unreadable(document));
    return isMeant;
  }
  const kind = targetOf(document);
  if (kind !== 'policy' && kind !== 'baseline') return false;
  subjects.push(subjectOf(document));
  results.push(
    ...(kind === 'policy' ? lintPolicyDocument(document, target) : lintSectionDocument(document, target.minor)),
  );
  return true;
}

const skippedText = (count: number): string =>
  `skipped ${count === 1 ? 'a document that is' : `${count} documents that are`} neither an audit policy nor a baseline with an audit section`;

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);

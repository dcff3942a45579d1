import { marked } from '../../audit/compile/mark.ts';
import { isError, publicationOf } from '../../audit/compile/publication.ts';
import type { AuditPolicy } from '../../audit/policy.ts';
import { policyText } from '../../audit/policyText.ts';
import { record } from '../../k8s/json.ts';
import { sha256 } from '../../kube/sha256.ts';
import { OLDEST_MINOR } from '../../operator/requireVersion.ts';
import { UsageError } from '../exitCodes.ts';
import type { ManifestDocument } from '../files/documents.ts';
import { documentsOf } from '../files/documents.ts';
import { readSources } from '../files/sourceFile.ts';
import type { Result } from '../format/report.ts';
import { sortResults } from '../format/report.ts';
import { printable } from '../printable.ts';
import type { Terminal } from '../terminal.ts';
import { findingOf, mistakeOf, readSectionOf, SECTION_PATH, unreadable } from './lintDocument.ts';
import { baselineName, sourcesIn } from './sources.ts';
import { mayBeMeant, targetOf } from './targets.ts';

/** The policy that the operator would publish. */
export interface Compiled {
  readonly policy: AuditPolicy;
  readonly text: string;
  /** SHA-256 of the text. */
  readonly hash: string;
}

const NOT_ACTIVE = 'it only audits or is suspended, so its audit section is no part of the policy';

/**
 * Joins the sections of baselines as the operator does, and says what there is to say of them. Undefined: something is
 * refused, and it was said what.
 * @throws UsageError where nothing would be published
 */
export function compileBaselines(read: Omit<AuditDocuments, 'policies'>, terminal: Terminal): Compiled | undefined {
  const { baselines, refused: broken } = read;
  const refused = [...broken, ...baselines.flatMap((document) => mistakesIn(document, baselines))];
  const good = refused.length > 0 ? [] : baselines;
  const sources = sourcesIn(good);
  const { policy, findings } = publicationOf(sources, {});
  const said = good.flatMap((document) =>
    (findings.get(baselineName(document)) ?? []).map((finding) => findingOf(document, finding, SECTION_PATH)),
  );
  for (const result of sortResults([...refused, ...said])) terminal.log(lineOf(result));
  if (refused.length > 0 || [...findings.values()].flat().some(isError)) {
    terminal.log('nothing is written: the operator would leave out what is refused, and publish the rest');
    return undefined;
  }
  for (const { baseline, active } of sources) if (!active) terminal.log(`${printable(baseline)}: ${NOT_ACTIVE}`);
  if (policy === undefined)
    throw new UsageError('nothing would be published: no baseline here enforces its audit section');
  const whole = marked(policy, sha256).policy;
  const text = policyText(whole);
  return { policy: whole, text, hash: sha256(text) };
}

/** What files hold that is about audit. */
export interface AuditDocuments {
  readonly baselines: ManifestDocument[];
  readonly policies: ManifestDocument[];
  /** What cannot be read, and may be one of these. */
  readonly refused: Result[];
}

export async function readAuditDocuments(paths: readonly string[], terminal: Terminal): Promise<AuditDocuments> {
  const read: AuditDocuments = { baselines: [], policies: [], refused: [] };
  for await (const source of readSources(paths, terminal)) {
    for (const document of documentsOf(source)) {
      if (document.type === 'broken') {
        if (document.isNamed || mayBeMeant(document.text)) read.refused.push(unreadable(document));
        continue;
      }
      const target = targetOf(document);
      if (target === 'baseline') read.baselines.push(document);
      if (target === 'policy') read.policies.push(document);
    }
  }
  return read;
}

/** What keeps a server from taking the section, or us from knowing which is meant. */
function mistakesIn(document: ManifestDocument, all: readonly ManifestDocument[]): readonly Result[] {
  const { enforcement, suspend } = record(record(document.value).spec);
  const name = baselineName(document);
  const mistakes = [
    ...readSectionOf(document, OLDEST_MINOR).mistakes,
    ...(name === '' ? [{ path: 'metadata.name', message: 'it is required: name the baseline' }] : []),
    ...(all.find((one) => baselineName(one) === name) === document
      ? []
      : [{ path: 'metadata.name', message: `there is a baseline ${name} before it: leave one` }]),
    ...(enforcement === 'Enforce' || enforcement === 'Audit'
      ? []
      : [{ path: 'spec.enforcement', message: 'it is required: write Enforce or Audit' }]),
    ...(suspend === undefined || typeof suspend === 'boolean'
      ? []
      : [{ path: 'spec.suspend', message: 'write true or false' }]),
  ];
  return mistakes.map((mistake) => mistakeOf(document, 'invalid-section', mistake));
}

const lineOf = ({ severity, file, position, rule, message }: Result): string =>
  `${severity}: ${file}:${position.line}:${position.column}: ${message} (${rule})`;

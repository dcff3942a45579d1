import type { LintTarget } from '../audit/lintDocument.ts';
import { lintPolicyDocument, lintSectionDocument } from '../audit/lintDocument.ts';
import { targetOf } from '../audit/targets.ts';
import type { ManifestDocument } from '../files/documents.ts';
import type { Result } from '../format/report.ts';

/** What `audit lint` says of audit policies, and of the audit sections of baselines that a server would take. */
export function auditResults(
  documents: readonly ManifestDocument[],
  isInvalid: (document: ManifestDocument) => boolean,
  target: LintTarget,
): readonly Result[] {
  return documents.flatMap((document) => {
    const kind = targetOf(document);
    if (kind === 'policy') return lintPolicyDocument(document, target);
    return kind === 'baseline' && !isInvalid(document) ? lintSectionDocument(document, target.minor) : [];
  });
}

export const isPolicy = (document: ManifestDocument): boolean => targetOf(document) === 'policy';

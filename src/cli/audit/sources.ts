import { SECURITY_BASELINE } from '../../api/names.ts';
import { kindRow } from '../../core/kinds/kinds.ts';
import { entryOf } from '../../k8s/entry.ts';
import { record, text } from '../../k8s/json.ts';
import type { BaselineSource } from '../../operator/auditPolicy/sources.ts';
import { auditSources } from '../../operator/auditPolicy/sources.ts';
import type { ManifestDocument } from '../files/documents.ts';
import { fileIndex } from '../files/fileIndex.ts';

/** The name of a baseline in a file; `''` where it has none. */
export const baselineName = ({ value }: ManifestDocument): string => text(record(record(value).metadata).name);

/** The audit sections of baselines in files, read as the operator reads them. Its sections must have been found good. */
export function sourcesIn(documents: readonly ManifestDocument[]): readonly BaselineSource[] {
  const row = kindRow(SECURITY_BASELINE.kind);
  const entries = documents.flatMap((document) => {
    const { spec } = record(document.value);
    const name = baselineName(document);
    // A file may hold whatever it likes beside these; its uid is nobody's business, and its name stands for one.
    const object = { apiVersion: '', kind: row.kind, metadata: { name, uid: name }, spec };
    const kept = row.project(object, 0);
    return kept === undefined ? [] : [entryOf(row.kind, object, kept)];
  });
  return auditSources(fileIndex(entries));
}

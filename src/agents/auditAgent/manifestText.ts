import type { Document } from 'yaml';
import { parseAllDocuments } from 'yaml';
import { errorMessage } from '../../k8s/errorMessage.ts';
import { record } from '../../k8s/json.ts';

/** A sentence where it is no pod. */
export function podOf(manifest: string): Readonly<Record<string, unknown>> | string {
  const document = documentOf(manifest);
  if (typeof document === 'string') return document;
  try {
    const pod = record(document.toJS());
    return pod.kind === 'Pod' && pod.apiVersion === 'v1' ? pod : 'the manifest is no Pod of v1';
  } catch (error) {
    // An alias may name nothing, or stand for too much.
    return `the manifest cannot be read: ${errorMessage(error)}`;
  }
}

/** A sentence where it is no YAML or JSON of one document. */
export function documentOf(manifest: string): Document.Parsed | string {
  const [document, ...more] = parseAllDocuments(manifest, { uniqueKeys: true });
  if (document === undefined || more.length > 0) return 'the manifest must hold one document';
  const [error] = document.errors;
  return error === undefined ? document : `the manifest cannot be read: ${error.message.split('\n')[0]}`;
}

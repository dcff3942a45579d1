import type { KindRow } from '../../core/kinds/kinds.ts';
import { KINDS } from '../../core/kinds/kinds.ts';
import type { Entry } from '../../k8s/entry.ts';
import { entryOf } from '../../k8s/entry.ts';
import { integer, list, record, text, textRecord, texts } from '../../k8s/json.ts';
import type { KubeObject, ObjectMeta } from '../../k8s/object.ts';
import type { ManifestDocument } from '../files/documents.ts';
import { isWatched } from './watched.ts';

/** An object that a file holds. */
export interface ManifestObject {
  readonly object: KubeObject;
  readonly row: KindRow | undefined;
  readonly document: ManifestDocument;
}

/** Where objects that say nothing of it are put, as by `kubectl apply`. */
export const DEFAULT_NAMESPACE = 'default';

/**
 * What a document holds, as an API server would store it; undefined where it is no object. `ordinal`: of the document, to
 * tell apart objects that a server would give a name that begins alike.
 */
export function manifestObject(document: ManifestDocument, namespace: string, ordinal = 0): ManifestObject | undefined {
  const { apiVersion, kind, metadata } = record(document.value);
  const { generateName } = record(metadata);
  const name = text(record(metadata).name) || (text(generateName) === '' ? '' : `${text(generateName)}*${ordinal}`);
  if (text(apiVersion) === '' || text(kind) === '' || name === '') return undefined;
  const row = rowOf(document.value);
  const object = document.value as KubeObject;
  if (row === undefined) return { object: { ...object, metadata: { name } }, row, document };
  const own = row.namespaced ? { namespace: text(record(metadata).namespace) || namespace } : {};
  const labels = {
    ...textRecord(record(metadata).labels),
    ...(row.kind === 'Namespace' ? { [NAME_LABEL]: name } : {}),
  };
  return { object: { ...object, metadata: { ...readMeta(metadata), name, ...own, labels } }, row, document };
}

/** A file may hold anything; what is not of the form that a server gives it counts as absent. */
function readMeta(metadata: unknown): Omit<ObjectMeta, 'name'> {
  const meta = record(metadata);
  const texted = ['uid', 'resourceVersion', 'deletionTimestamp'].filter((field) => text(meta[field]) !== '');
  return {
    ...Object.fromEntries(texted.map((field) => [field, meta[field]])),
    // What is not there yet is younger than all that is.
    creationTimestamp: text(meta.creationTimestamp) || '9999-12-31T23:59:59Z',
    generation: integer(meta.generation) ?? 0,
    annotations: textRecord(meta.annotations),
    finalizers: texts(meta.finalizers),
    ownerReferences: list(meta.ownerReferences) as NonNullable<ObjectMeta['ownerReferences']>,
    managedFields: list(meta.managedFields).map(record),
  };
}

/** Set by the API server on each namespace, and by nobody else (KEP-2161). */
export const NAME_LABEL = 'kubernetes.io/metadata.name';

/** The group of an `apiVersion`. */
export const groupOf = (apiVersion: unknown): string =>
  text(apiVersion).includes('/') ? (text(apiVersion).split('/')[0] ?? '') : '';

/** The kind that a document is of; undefined where no baseline is about it. */
export function rowOf(value: unknown): KindRow | undefined {
  const { apiVersion, kind } = record(value);
  return KINDS.find((row) => row.kind === kind && row.group === groupOf(apiVersion));
}

/** What the operator would keep of it. A new object has no uid yet: its name stands for one. */
export function entryOfManifest({ object, row }: ManifestObject): Entry | undefined {
  if (row === undefined || !isWatched(row, object)) return undefined;
  // As a server would send it, which is what is judged to be too large.
  const kept = row.project(object, JSON.stringify(object).length);
  if (kept === undefined) return undefined;
  const entry = entryOf(row.kind, object, kept);
  return entry.uid === '' ? { ...entry, uid: entry.name } : entry;
}

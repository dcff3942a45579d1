import type { Document } from 'yaml';
import { isMap, isScalar } from 'yaml';
import { record } from '../../k8s/json.ts';
import { documentOf, podOf } from './manifestText.ts';

/** kubelet makes the pod's UID of the whole manifest: another annotation is another pod (pkg/kubelet/config/common.go). */
export const HASH_ANNOTATION = 'drawbridge.dev/audit-policy-hash';

/**
 * The manifest with the annotation; every other byte stays.
 * @throws a sentence when it is written in a way that leaves no place for one
 */
export function withHash(manifest: string, hash: string): string {
  const document = documentOf(manifest);
  if (typeof document === 'string') throw new Error(document);
  const changed = edited(manifest, document, hash);
  const before = withoutHash(manifest);
  if (before === undefined || before !== withoutHash(changed) || hashIn(changed) !== hash) {
    throw new Error(`the annotation cannot be put in its place: write ${HASH_ANNOTATION}: "" into the manifest`);
  }
  return changed;
}

function edited(manifest: string, document: Document.Parsed, hash: string): string {
  const newline = manifest.includes('\r\n') ? '\r\n' : '\n';
  const insert = (at: number, added: string): string => manifest.slice(0, at) + added + manifest.slice(at);
  const annotations = document.getIn(['metadata', 'annotations'], true);
  if (isMap(annotations)) {
    const value = annotations.get(HASH_ANNOTATION, true);
    if (isScalar(value) && value.range) {
      const [from, to] = value.range;
      return `${manifest.slice(0, from)}"${hash}"${manifest.slice(to)}`;
    }
    return insertFirst(manifest, annotations, (indent) => `${HASH_ANNOTATION}: "${hash}"${newline}${indent}`, hash);
  }
  const metadata = document.get('metadata', true);
  if (annotations !== undefined || !isMap(metadata)) return manifest;
  const [first] = metadata.items;
  if (metadata.flow || first === undefined) return manifest;
  const at = startOf(first.key);
  const indent = manifest.slice(manifest.lastIndexOf('\n', at - 1) + 1, at);
  return insert(at, `annotations:${newline}${indent}  ${HASH_ANNOTATION}: "${hash}"${newline}${indent}`);
}

function insertFirst(
  manifest: string,
  map: {
    readonly items: readonly { readonly key: unknown }[];
    readonly flow?: boolean;
    readonly range?: readonly number[] | null;
  },
  added: (indent: string) => string,
  hash: string,
): string {
  const [first] = map.items;
  if (map.flow) {
    const at = (map.range?.[0] ?? 0) + 1;
    const pair = `"${HASH_ANNOTATION}": "${hash}"${first === undefined ? '' : ', '}`;
    return manifest.slice(0, at) + pair + manifest.slice(at);
  }
  if (first === undefined) return manifest;
  const at = startOf(first.key);
  const indent = manifest.slice(manifest.lastIndexOf('\n', at - 1) + 1, at);
  return manifest.slice(0, at) + added(indent) + manifest.slice(at);
}

const startOf = (key: unknown): number => (isScalar(key) ? (key.range?.[0] ?? 0) : 0);

/** All that the manifest says but for the annotation. */
function withoutHash(manifest: string): string | undefined {
  const pod = podOf(manifest);
  if (typeof pod === 'string') return undefined;
  const metadata = record(pod.metadata);
  const { [HASH_ANNOTATION]: _, ...annotations } = record(metadata.annotations);
  return JSON.stringify({ ...pod, metadata: sortedFields({ ...metadata, annotations }) });
}

const sortedFields = (value: Readonly<Record<string, unknown>>): unknown =>
  Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));

const hashIn = (manifest: string): unknown => {
  const pod = podOf(manifest);
  return typeof pod === 'string' ? undefined : record(record(pod.metadata).annotations)[HASH_ANNOTATION];
};

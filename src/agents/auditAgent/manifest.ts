import { posix } from 'node:path';
import type { Document } from 'yaml';
import { isMap, isScalar, parseAllDocuments } from 'yaml';
import { list, record, text } from '../../k8s/json.ts';
import type { ManifestSight } from './nextStep.ts';

/** kubelet makes the pod's UID of the whole manifest: another annotation is another pod (pkg/kubelet/config/common.go). */
export const HASH_ANNOTATION = 'drawbridge.dev/audit-policy-hash';

const FLAG = '--audit-policy-file';

const no = (reason: string, message: string): ManifestSight => ({ usable: false, reason, message });

/**
 * What a static pod manifest of kube-apiserver says of its audit policy. Not usable unless its one container that is given
 * the flag sees `policyPath` of the node under it.
 */
export function sightOf(manifest: string, policyPath: string): ManifestSight {
  const pod = podOf(manifest);
  if (typeof pod === 'string') return no('ManifestUnreadable', pod);
  const spec = record(pod.spec);
  const given = list(spec.containers)
    .map(record)
    .flatMap((container) => flagsOf(container).map((path) => ({ container, path })));
  const [first, ...more] = given;
  if (first === undefined) {
    return no(
      'ManifestWithoutPolicy',
      `the manifest has no ${FLAG}: add ${FLAG}=${policyPath} to the server's command`,
    );
  }
  if (more.length > 0) return no('ManifestWithoutPolicy', `the manifest has ${FLAG} more than once: leave one`);
  const hostPath = hostPathOf(first.path, first.container, spec);
  if (hostPath === undefined) {
    return no(
      'PolicyNotMounted',
      `no hostPath volume of the manifest holds ${first.path}: mount the directory of ${policyPath}, read-only`,
    );
  }
  if (hostPath !== policyPath) {
    return no(
      'PolicyElsewhere',
      `the server reads ${hostPath} of the node: start the agent with --policy-file=${hostPath}`,
    );
  }
  return { usable: true, hash: text(record(record(pod.metadata).annotations)[HASH_ANNOTATION]) || undefined };
}

/** Both forms of a flag, in `command` and in `args`. */
function flagsOf(container: Readonly<Record<string, unknown>>): readonly string[] {
  const words = [...list(container.command), ...list(container.args)].map(text);
  return words.flatMap((word, index) => {
    if (word === FLAG) return [words[index + 1] ?? ''];
    return word.startsWith(`${FLAG}=`) ? [word.slice(FLAG.length + 1)] : [];
  });
}

/** Where a path of a container is on the node; undefined when it is not there, or nobody can tell. */
function hostPathOf(
  path: string,
  container: Readonly<Record<string, unknown>>,
  spec: Readonly<Record<string, unknown>>,
): string | undefined {
  const inside = posix.normalize(path);
  const [mount] = list(container.volumeMounts)
    .map(record)
    .map((one) => ({ ...one, at: posix.normalize(text(one.mountPath)) }))
    .filter(({ at }) => inside === at || inside.startsWith(at === '/' ? at : `${at}/`))
    // The innermost mount is the one that is seen.
    .sort((a, b) => b.at.length - a.at.length) as readonly Readonly<Record<string, unknown> & { at: string }>[];
  if (mount === undefined || mount.subPathExpr !== undefined) return undefined;
  const volume = list(spec.volumes)
    .map(record)
    .find(({ name }) => name === mount.name);
  const root = text(record(volume?.hostPath).path);
  if (root === '') return undefined;
  return posix.join(root, text(mount.subPath), posix.relative(mount.at, inside)).replace(/\/$/, '');
}

/** A sentence where it is no pod. */
function podOf(manifest: string): Readonly<Record<string, unknown>> | string {
  const document = documentOf(manifest);
  if (typeof document === 'string') return document;
  try {
    const pod = record(document.toJS());
    return pod.kind === 'Pod' && pod.apiVersion === 'v1' ? pod : 'the manifest is no Pod of v1';
  } catch (error) {
    // An alias may name nothing, or stand for too much.
    return `the manifest cannot be read: ${error instanceof Error ? error.message : String(error)}`;
  }
}

function documentOf(manifest: string): Document.Parsed | string {
  const [document, ...more] = parseAllDocuments(manifest, { uniqueKeys: true });
  if (document === undefined || more.length > 0) return 'the manifest must hold one document';
  const [error] = document.errors;
  return error === undefined ? document : `the manifest cannot be read: ${error.message.split('\n')[0]}`;
}

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

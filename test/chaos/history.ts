import type { AnyObject } from '../support/kubeAdmin.ts';
import type { Snapshot } from './snapshot.ts';
import type { Write } from './write.ts';

/** The kinds whose every state is known, by their plural names. */
const KINDS: Readonly<Record<string, string>> = {
  networkpolicies: 'NetworkPolicy',
  namespaces: 'Namespace',
  securitybaselines: 'SecurityBaseline',
  baselinereports: 'BaselineReport',
};

/** What was stored at one moment. */
export interface Past {
  get(kind: string, namespace: string, name: string): AnyObject | undefined;
  ofKind(kind: string): readonly AnyObject[];
}

export type Moment =
  | { readonly atMs: number; readonly write: Write }
  /** After the API server was killed: what it did last, it may not have logged. */
  | { readonly atMs: number; readonly snapshot: Snapshot };

/**
 * Goes through what was stored, moment by moment. `tell` hears of each moment after it, with the write that made it so.
 * The log's order is almost that of the writes: two handlers may end in another order than they wrote, so resource
 * versions and uids decide.
 */
export function replay(
  snapshots: readonly Snapshot[],
  writes: readonly Write[],
  tell: (past: Past, moment: Moment) => void,
): Past {
  const objects = new Map<string, AnyObject>();
  const past: Past = {
    get: (kind, namespace, name) => objects.get(keyOf(kind, namespace, name)),
    ofKind: (kind) => [...objects.values()].filter((object) => object.kind === kind),
  };
  const moments: readonly Moment[] = [
    ...snapshots.map((snapshot) => ({ atMs: snapshot.atMs, snapshot })),
    ...writes.map((write) => ({ atMs: write.atMs, write })),
  ];
  for (const moment of moments.toSorted((a, b) => a.atMs - b.atMs)) {
    if ('snapshot' in moment) reset(objects, moment.snapshot);
    else store(objects, moment.write);
    tell(past, moment);
  }
  return past;
}

const keyOf = (kind: string, namespace: string, name: string): string => `${kind}/${namespace}/${name}`;
const versionOf = (object: AnyObject | undefined): number => Number(object?.metadata.resourceVersion ?? 0);

function reset(objects: Map<string, AnyObject>, snapshot: Snapshot): void {
  const kinds = new Set(Object.values(KINDS));
  const listed = new Map(
    snapshot.objects
      .filter(({ kind }) => kinds.has(kind))
      .map((object) => [keyOf(object.kind, object.metadata.namespace ?? '', object.metadata.name), object]),
  );
  for (const key of objects.keys()) if (!listed.has(key)) objects.delete(key);
  for (const [key, object] of listed) objects.set(key, object);
}

function store(objects: Map<string, AnyObject>, write: Write): void {
  const kind = KINDS[write.resource];
  if (kind === undefined || write.code < 200 || write.code >= 300) return;
  const { answer, verb } = write;
  if (verb === 'deletecollection') clear(objects, kind, write.namespace);
  else if (answer?.kind === 'Status') {
    // The answer to a deletion: of whom, its details say. A successor stays.
    const key = keyOf(kind, kind === 'Namespace' ? '' : write.namespace, write.name);
    if ([undefined, objects.get(key)?.metadata.uid].includes(answer.details?.uid)) objects.delete(key);
  } else if (answer !== undefined) put(objects, { ...answer, kind }, write);
}

function clear(objects: Map<string, AnyObject>, kind: string, namespace: string): void {
  for (const [key, object] of objects) {
    if (object.kind === kind && object.metadata.namespace === namespace) objects.delete(key);
  }
}

function put(objects: Map<string, AnyObject>, object: AnyObject, write: Write): void {
  const key = keyOf(object.kind, object.metadata.namespace ?? '', object.metadata.name);
  const before = objects.get(key);
  const isSame = before?.metadata.uid === object.metadata.uid;
  if (isSame && versionOf(before) > versionOf(object)) return;
  if (!isGone(write, object)) objects.set(key, object);
  else if (isSame) objects.delete(key);
}

/** A deletion answers with the object when it takes time; one whose last finalizer went is gone at once. */
const isGone = ({ verb, resource }: Write, { metadata, spec }: AnyObject): boolean => {
  if (resource === 'namespaces')
    return metadata.deletionTimestamp !== undefined && (spec?.finalizers ?? []).length === 0;
  const held = (metadata.finalizers ?? []).length > 0;
  return (verb === 'delete' || metadata.deletionTimestamp !== undefined) && !held;
};

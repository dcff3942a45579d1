import type { KubeObject, Labels } from './object.ts';

/**
 * What is kept of a live object: its identity, the metadata that is compared, and a body that its kind's
 * `project` chose. Raw objects are never kept: at 60,000 objects that is the difference between 290 and 1,900 bytes each.
 */
export interface Entry<Body = unknown> {
  readonly kind: string;
  /** `''` for cluster-scoped objects. */
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly labels: Labels;
  /** Kept only where they must go back in an update; otherwise the shared empty value. */
  readonly annotations: Labels;
  /** True from the moment the object has a deletionTimestamp: it counts as deleted (THREATS 2). */
  readonly deleting: boolean;
  /** True when it has ownerReferences: somebody may have the garbage collector delete it (THREATS 2). */
  readonly owned: boolean;
  readonly finalizers: readonly string[];
  /** Who wrote last, as that writer says: a claim, for people only (THREATS 1). `''` if unknown. */
  readonly manager: string;
  readonly body: Body;
  /** The SHA-256 of all that the object is, where `Projection.hashed` asks for it. */
  readonly content?: string;
}

const NO_LABELS: Labels = Object.freeze({});
const NONE: readonly string[] = Object.freeze([]);

/** What a kind keeps of an object beside its identity; `undefined` from `project` keeps nothing at all. */
export interface Projection<Body = unknown> {
  readonly body: Body;
  readonly annotations?: Labels;
  /** Fewer labels than the object has, where somebody else could make them many; absent = all. */
  readonly labels?: Labels;
  /** More than the body tells may matter: a hash of the whole object is kept beside it (THREATS 16). */
  readonly hashed?: true;
}

/** Reduces an object from the wire to an entry. Missing metadata yields empty values, never an exception. */
export function entryOf<Body>(kind: string, raw: KubeObject, kept: Projection<Body>): Entry<Body> {
  const meta = raw.metadata;
  return {
    kind,
    namespace: meta.namespace ?? '',
    name: meta.name,
    uid: meta.uid ?? '',
    resourceVersion: meta.resourceVersion ?? '',
    labels: kept.labels ?? meta.labels ?? NO_LABELS,
    annotations: kept.annotations ?? NO_LABELS,
    deleting: meta.deletionTimestamp !== undefined,
    owned: (meta.ownerReferences?.length ?? 0) > 0,
    finalizers: meta.finalizers ?? NONE,
    manager: lastManager(raw),
    body: kept.body,
  };
}

/**
 * The field manager whose entry is newest. Times have whole seconds, so ties are common; the entry listed last wins,
 * because the API server appends the newest writer at the end of equal times.
 */
export function lastManager(raw: KubeObject): string {
  let newest = '';
  let manager = '';
  for (const entry of raw.metadata.managedFields ?? []) {
    if (entry.subresource === 'status' || (entry.time ?? '') < newest) continue;
    newest = entry.time ?? '';
    manager = entry.manager ?? '';
  }
  return manager;
}

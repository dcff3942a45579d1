import type { Entry } from '../k8s/entry.ts';
import { entryOf } from '../k8s/entry.ts';
import type { KindInfo } from '../k8s/kind.ts';
import { pathOf } from '../k8s/kind.ts';
import type { KubeObject } from '../k8s/object.ts';
import type { ObjectRef } from '../k8s/ref.ts';
import { isNotFound } from './errors.ts';
import type { JsonTransport, KubeRequest } from './transport.ts';
import type { Watched } from './watchEvent.ts';

/** How a patch's body is meant. `application/apply-patch+yaml` is server-side apply; it is sent with force. */
export type PatchType =
  | 'application/merge-patch+json'
  | 'application/strategic-merge-patch+json'
  | 'application/json-patch+json'
  | 'application/apply-patch+yaml';

export interface PatchOptions {
  /** For example `status`. */
  readonly subresource?: string;
  /** Default `application/merge-patch+json`. */
  readonly contentType?: PatchType;
}

/** What must hold for a delete to happen. */
export interface Precondition {
  readonly uid: string;
  readonly resourceVersion?: string;
}

/**
 * Writes. Objects go on the wire as they are given. All fail with KubeError, UnreachableError or the signal's reason, and
 * none is tried again here.
 */
export interface Writer {
  /** Resolves with the projected answer; `undefined` when the kind's `project` keeps nothing of it. */
  create(object: KubeObject, signal?: AbortSignal): Promise<Entry | undefined>;
  /**
   * PUT. `metadata.resourceVersion`, if given, must still be the live one (else 409 Conflict); `metadata.uid`, if given,
   * must be the live object's (else 409 Conflict, or 404 when there is none).
   */
  update(object: KubeObject, signal?: AbortSignal): Promise<Entry | undefined>;
  /** Server-side apply, with force: the fields are ours. `metadata.uid` must be the live object's (else 409), or one may be made. */
  apply(object: KubeObject, signal?: AbortSignal): Promise<Entry | undefined>;
  /** Resolves when the server accepted the delete, which a finalizer may hold up, and when there is nothing to delete. */
  remove(ref: ObjectRef, precondition: Precondition, signal?: AbortSignal): Promise<void>;
  /** Resolves with the whole answer. A body without `metadata.uid` may create an object by server-side apply (THREATS 4). */
  patch(
    kind: KindInfo,
    namespace: string,
    name: string,
    body: unknown,
    options?: PatchOptions,
    signal?: AbortSignal,
  ): Promise<KubeObject>;
}

export interface WriterOptions {
  readonly fieldManager: string;
  readonly timeoutMs?: number;
}

/** `rows` are the kinds that can be written, found by their `kind`. */
export function createWriter(
  transport: JsonTransport,
  rows: readonly Watched[],
  { fieldManager, timeoutMs }: WriterOptions,
): Writer {
  const byKind = new Map(rows.map((row) => [row.kind, row]));
  const rowOf = (kind: string): Watched => {
    const row = byKind.get(kind);
    if (row === undefined) throw new Error(`no row for kind ${kind}`);
    return row;
  };
  // Strict: a field the server does not know fails instead of being dropped, which may widen (THREATS 8).
  const query = { fieldManager, fieldValidation: 'Strict' };
  const send = <T>(request: KubeRequest, signal: AbortSignal | undefined): Promise<T> =>
    transport.json<T>({
      ...request,
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
      ...(signal === undefined ? {} : { signal }),
    });
  return {
    create: async (object, signal) => {
      const row = rowOf(object.kind);
      const path = pathOf(row, object.metadata.namespace);
      return project(row, await send<KubeObject>({ method: 'POST', path, query, body: object }, signal));
    },
    update: async (object, signal) => {
      const row = rowOf(object.kind);
      const path = pathOf(row, object.metadata.namespace, object.metadata.name);
      return project(row, await send<KubeObject>({ method: 'PUT', path, query, body: object }, signal));
    },
    apply: async (object, signal) => {
      const row = rowOf(object.kind);
      const path = pathOf(row, object.metadata.namespace, object.metadata.name);
      const how = { query: { ...query, force: 'true' }, contentType: 'application/apply-patch+yaml' };
      return project(row, await send<KubeObject>({ method: 'PATCH', path, body: object, ...how }, signal));
    },
    remove: async (ref, precondition, signal) => {
      const path = pathOf(rowOf(ref.kind), ref.namespace, ref.name);
      const { uid, resourceVersion } = precondition;
      const body = {
        apiVersion: 'v1',
        kind: 'DeleteOptions',
        preconditions: resourceVersion === undefined ? { uid } : { uid, resourceVersion },
        propagationPolicy: 'Background',
      };
      try {
        // DeleteOptions know neither a field manager nor field validation.
        await send({ method: 'DELETE', path, body }, signal);
      } catch (error) {
        if (!isNotFound(error)) throw error;
      }
    },
    patch: (kind, namespace, name, body, options = {}, signal) => {
      const contentType = options.contentType ?? 'application/merge-patch+json';
      const path = pathOf(kind, namespace, name, options.subresource);
      const force = contentType === 'application/apply-patch+yaml' ? { force: 'true' } : {};
      return send<KubeObject>({ method: 'PATCH', path, query: { ...query, ...force }, body, contentType }, signal);
    },
  };
}

function project(row: Watched, answer: KubeObject): Entry | undefined {
  const kept = row.project(answer, Buffer.byteLength(JSON.stringify(answer)));
  return kept === undefined ? undefined : entryOf(row.kind, answer, kept);
}

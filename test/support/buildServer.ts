import { kindRow } from '../../src/core/kinds/kinds.ts';
import type { Entry } from '../../src/k8s/entry.ts';
import { entryOf } from '../../src/k8s/entry.ts';
import type { KubeObject } from '../../src/k8s/object.ts';
import type { ObjectRef } from '../../src/k8s/ref.ts';
import { keyOf } from '../../src/k8s/ref.ts';
import { KubeError } from '../../src/kube/errors.ts';
import type { ApplyPorts, Writes } from '../../src/operator/ports.ts';
import type { MutableIndex } from './buildIndex.ts';
import { createIndex } from './buildIndex.ts';

export interface Write {
  readonly verb: 'create' | 'update' | 'apply' | 'remove' | 'patch';
  readonly ref: ObjectRef;
  /** What was sent. */
  readonly object: KubeObject | undefined;
  readonly precondition?: { readonly uid: string; readonly resourceVersion?: string };
}

/** A Kubernetes server in memory that stores and echoes objects, as far as `apply` can tell. */
export interface FakeServer {
  readonly ports: ApplyPorts;
  /** What the operator knows: everything, at once. */
  readonly index: MutableIndex;
  /** Every write that was tried, refused ones too. */
  readonly writes: readonly Write[];
  /** Somebody else's edit; the operator's watch brings it at once unless `unseen`. */
  put(object: KubeObject, how?: { readonly unseen?: boolean }): Entry | undefined;
  /** Somebody else's delete: at once, or held up by finalizers. */
  delete(ref: ObjectRef): void;
  /** The operator's watch catches up: what it knows is what there is. */
  sync(): void;
  get(ref: ObjectRef): KubeObject | undefined;
  objects(): readonly KubeObject[];
  /** Runs before each write; what it throws is the answer. */
  before: (write: Write) => void;
  /** What admission makes of each object that is written. */
  admission: (object: KubeObject) => KubeObject;
  /** What a SelfSubjectAccessReview answers. */
  lacksRight: (verb: string, kind: string, namespace: string) => boolean | undefined;
}

export const refused = (status: number, message = '', more: object = {}, method = 'PUT'): KubeError =>
  new KubeError({ status, method, path: '/', body: { message, ...more } });

export function createServer(nowMs: () => number = () => 0, ...start: readonly Entry[]): FakeServer {
  const stored = new Map<string, KubeObject>();
  const writes: Write[] = [];
  const index = createIndex(...start);
  let version = 100;

  const store = (raw: KubeObject, old: KubeObject | undefined): KubeObject => {
    version += 1;
    const uid = old?.metadata.uid ?? raw.metadata.uid ?? `uid-${version}`;
    const { resourceVersion: _sent, ...meta } = raw.metadata;
    const deleting = old?.metadata.deletionTimestamp;
    const metadata = {
      ...meta,
      uid,
      resourceVersion: String(version),
      ...(deleting === undefined ? {} : { deletionTimestamp: deleting }),
    };
    const object = normalized({ ...raw, metadata });
    if (deleting !== undefined && (metadata.finalizers ?? []).length === 0) stored.delete(keyOf(refOf(raw)));
    else stored.set(keyOf(refOf(raw)), object);
    return object;
  };
  const begin = (write: Write): KubeObject | undefined => {
    writes.push(write);
    server.before(write);
    return stored.get(keyOf(write.ref));
  };
  const writer: Writes = {
    create: async (object) => {
      const old = begin({ verb: 'create', ref: refOf(object), object });
      if (old?.metadata.deletionTimestamp !== undefined) throw refused(409, 'object is being deleted: it exists');
      if (old !== undefined) throw refused(409, 'it already exists', { reason: 'AlreadyExists' });
      return projected(store(server.admission(object), undefined));
    },
    update: async (object) => {
      const old = begin({ verb: 'update', ref: refOf(object), object });
      if (old === undefined) throw refused(404, `${object.metadata.name} not found`);
      const { uid, resourceVersion } = object.metadata;
      if (uid !== undefined && uid !== old.metadata.uid) throw refused(409, 'uid in precondition');
      if (resourceVersion !== undefined && resourceVersion !== old.metadata.resourceVersion) {
        throw refused(409, 'the object has been modified');
      }
      if (object.kind === 'RoleBinding' && JSON.stringify(object.roleRef) !== JSON.stringify(old.roleRef)) {
        throw refused(422, 'cannot change roleRef');
      }
      return projected(store(server.admission(object), old));
    },
    apply: async (object) => {
      const old = begin({ verb: 'apply', ref: refOf(object), object });
      const { uid, resourceVersion, labels } = object.metadata;
      if (old === undefined || uid !== old.metadata.uid) throw refused(409, 'uid in precondition');
      if (resourceVersion !== undefined && resourceVersion !== old.metadata.resourceVersion) {
        throw refused(409, 'the object has been modified');
      }
      const metadata =
        labels === undefined ? old.metadata : { ...old.metadata, labels: { ...old.metadata.labels, ...labels } };
      return projected(store(server.admission({ ...old, ...object, metadata }), old));
    },
    remove: async (ref, precondition) => {
      const old = begin({ verb: 'remove', ref, object: undefined, precondition });
      if (old === undefined) return;
      const { uid, resourceVersion } = precondition;
      if (uid !== old.metadata.uid) throw refused(409, 'uid in precondition');
      if (resourceVersion !== undefined && resourceVersion !== old.metadata.resourceVersion) {
        throw refused(409, 'resourceVersion in precondition');
      }
      drop(old);
    },
    patch: async (kind, namespace, name, body) => {
      const ref = { kind: kind.kind, namespace, name };
      const old = begin({ verb: 'patch', ref, object: body as KubeObject });
      if (old === undefined) throw refused(404, `${name} not found`);
      const { metadata, ...rest } = body as Partial<KubeObject>;
      if (metadata?.uid !== undefined && metadata.uid !== old.metadata.uid) throw refused(422, 'uid is immutable');
      return store({ ...old, ...rest, metadata: { ...old.metadata, ...metadata } }, old);
    },
  };
  const drop = (old: KubeObject): void => {
    if ((old.metadata.finalizers ?? []).length === 0) stored.delete(keyOf(refOf(old)));
    else {
      version += 1;
      const metadata = { ...old.metadata, deletionTimestamp: 'now', resourceVersion: String(version) };
      stored.set(keyOf(refOf(old)), { ...old, metadata });
    }
  };
  const seen = (ref: ObjectRef): Entry | undefined => {
    const raw = stored.get(keyOf(ref));
    const entry = raw === undefined ? undefined : projected(raw);
    if (entry === undefined) index.delete(ref);
    else index.set(entry);
    return entry;
  };
  const server: FakeServer = {
    ports: {
      writer,
      index,
      acknowledge: (entry) => index.set(entry),
      acknowledgeDelete: (ref) => {
        if (index.get(ref.kind, ref.namespace, ref.name)?.uid === ref.uid) index.delete(ref);
      },
      lacksRight: async (...question) => server.lacksRight(...question),
      nowMs,
    },
    index,
    writes,
    put: (object, how = {}) => {
      const ref = refOf(object);
      const before = stored.get(keyOf(ref));
      store(object, object.metadata.uid === undefined ? before : undefined);
      return how.unseen === true ? undefined : seen(ref);
    },
    delete: (ref) => {
      const old = stored.get(keyOf(ref));
      if (old !== undefined) drop(old);
      seen(ref);
    },
    sync: () => {
      for (const { ref } of writes) seen(ref);
    },
    get: (ref) => stored.get(keyOf(ref)),
    objects: () => [...stored.values()],
    before: () => {},
    admission: (object) => object,
    lacksRight: () => undefined,
  };
  return server;
}

export const refOf = ({ kind, metadata }: KubeObject): ObjectRef => ({
  kind,
  namespace: metadata.namespace ?? '',
  name: metadata.name,
});

/** What the operator keeps of an object. */
export function projected(raw: KubeObject): Entry | undefined {
  const kept = kindRow(raw.kind).project(raw, JSON.stringify(raw).length);
  return kept === undefined ? undefined : entryOf(raw.kind, raw, kept);
}

/** As the API server stores JSON: without null and without empty lists. */
function normalized<T>(value: T): T {
  if (Array.isArray(value)) return value.map(normalized) as T;
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(
    ([, item]) => item !== null && item !== undefined && !(Array.isArray(item) && item.length === 0),
  );
  return Object.fromEntries(kept.map(([key, item]) => [key, normalized(item)])) as T;
}

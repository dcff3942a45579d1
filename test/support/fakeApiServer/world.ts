import { randomUUID } from 'node:crypto';
import type { KubeObject } from '../../../src/k8s/object.ts';
import type { Route } from './route.ts';

export interface WorldEvent {
  readonly collection: string;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: KubeObject;
  readonly version: number;
}

/** Objects with versions and a history, as etcd keeps them. */
export interface World {
  version(): number;
  /** The next objects get this version and up. */
  setVersion(version: number): void;
  /** Events up to now are forgotten: watches from before get 410. */
  compact(): void;
  compactedTo(): number;
  get(route: Route): KubeObject | undefined;
  list(collection: string): readonly KubeObject[];
  put(route: Route, object: KubeObject): KubeObject;
  remove(route: Route): KubeObject | undefined;
  since(collection: string, version: number): readonly WorldEvent[];
  onEvent(listener: (event: WorldEvent) => void): () => void;
}

export function createWorld(): World {
  const objects = new Map<string, Map<string, KubeObject>>();
  const listeners = new Set<(event: WorldEvent) => void>();
  let history: WorldEvent[] = [];
  let version = 100;
  let compacted = 0;
  const of = (collection: string) => {
    const known = objects.get(collection) ?? new Map<string, KubeObject>();
    objects.set(collection, known);
    return known;
  };
  const keyOf = (route: Route) => `${route.namespace}/${route.name}`;
  const tell = (event: WorldEvent) => {
    history.push(event);
    for (const listener of [...listeners]) listener(event);
  };
  return {
    version: () => version,
    setVersion: (next) => {
      version = next;
    },
    compact: () => {
      compacted = version;
      history = [];
    },
    compactedTo: () => compacted,
    get: (route) => of(route.collection).get(keyOf(route)),
    list: (collection) => [...of(collection).values()],
    put: (route, object) => {
      version += 1;
      const before = of(route.collection).get(keyOf(route));
      const metadata = {
        ...object.metadata,
        uid: before?.metadata.uid ?? randomUUID(),
        resourceVersion: String(version),
      };
      const stored = { ...object, metadata };
      of(route.collection).set(keyOf(route), stored);
      const type = before === undefined ? 'ADDED' : 'MODIFIED';
      tell({ collection: route.collection, type, object: stored, version });
      return stored;
    },
    remove: (route) => {
      const before = of(route.collection).get(keyOf(route));
      if (before === undefined) return undefined;
      version += 1;
      of(route.collection).delete(keyOf(route));
      const object = { ...before, metadata: { ...before.metadata, resourceVersion: String(version) } };
      tell({ collection: route.collection, type: 'DELETED', object, version });
      return object;
    },
    since: (collection, from) => history.filter((event) => event.collection === collection && event.version > from),
    onEvent: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

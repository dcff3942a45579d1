import type { Entry, Projection } from '../k8s/entry.ts';
import { entryOf } from '../k8s/entry.ts';
import { apiVersionOf, pathOf } from '../k8s/kind.ts';
import type { KubeObject, ObjectMeta } from '../k8s/object.ts';
import type { StatusBody } from './errors.ts';
import { KubeError } from './errors.ts';
import { sha256 } from './sha256.ts';
import type { Identity, LiveEvent, Watched } from './watchEvent.ts';

/** A stream that is not what a watch or a list looks like: cut in the middle of a line, or no JSON. */
export class MalformedError extends Error {
  override readonly name = 'MalformedError';
}

/** An ERROR event: the server opened the watch, and gave up on it. */
export class WatchError extends KubeError {}

/** An event of an open watch; a bookmark may say that the initial events are all sent (KEP-3157). */
export type WireEvent =
  | Exclude<LiveEvent, { readonly type: 'bookmark' }>
  | { readonly type: 'bookmark'; readonly resourceVersion: string; readonly endsInit: boolean };

const INITIAL_EVENTS_END = 'k8s.io/initial-events-end';
/** `{"type":"` and `","object":` and `}` around the object. */
const ENVELOPE_BYTES = 21;

/** Reads one line of a watch. Throws MalformedError, and WatchError for an ERROR event. */
export function decodeEvent(kind: Watched, line: Buffer): WireEvent {
  const { type, object } = parse(line) as { readonly type?: unknown; readonly object?: KubeObject };
  switch (type) {
    case 'ADDED':
    case 'MODIFIED':
      return keep(kind, identified(object), line.length - ENVELOPE_BYTES - type.length);
    case 'DELETED':
      return { type: 'delete', ...identityOf(identified(object).metadata) };
    case 'BOOKMARK': {
      const meta = object?.metadata;
      if (typeof meta?.resourceVersion !== 'string') throw new MalformedError('a bookmark without a version');
      const endsInit = meta.annotations?.[INITIAL_EVENTS_END] === 'true';
      return { type: 'bookmark', resourceVersion: meta.resourceVersion, endsInit };
    }
    case 'ERROR': {
      const body = (object ?? {}) as StatusBody;
      throw new WatchError({ status: body.code ?? 500, method: 'WATCH', path: pathOf(kind), body });
    }
    default:
      throw new MalformedError(`an event of type ${JSON.stringify(type)?.slice(0, 64)}`);
  }
}

/** Reads one item of a List answer. Throws MalformedError. Items of a list do not name their kind; here they do. */
export function decodeItem(kind: Watched, item: Buffer): WireEvent {
  const object = identified(parse(item) as KubeObject);
  return keep(kind, Object.assign(object, { apiVersion: apiVersionOf(kind), kind: kind.kind }), item.length);
}

function keep(kind: Watched, object: KubeObject, bytes: number): WireEvent {
  try {
    const kept = kind.project(object, bytes);
    if (kept !== undefined) return { type: 'apply', entry: hashed(entryOf(kind.kind, object, kept), object, kept) };
    return { type: 'drop', ...identityOf(object.metadata) };
  } catch (error) {
    // One object that our own code cannot take must not blind us for all others of its kind.
    return { type: 'drop', ...identityOf(object.metadata), error };
  }
}

/** Servers write the fields of a kind in one order, so that equal objects are equal text. */
function hashed(entry: Entry, object: KubeObject, kept: Projection): Entry {
  if (kept.hashed !== true) return entry;
  const { apiVersion: _version, kind: _kind, metadata: _metadata, status: _status, ...content } = object;
  return { ...entry, content: sha256(JSON.stringify(content)) };
}

function parse(bytes: Buffer): object {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString());
  } catch {
    // The parser's own message quotes the text, which may hold what must not be logged.
    throw new MalformedError(`${bytes.length} bytes that are no JSON`);
  }
  if (typeof value !== 'object' || value === null) throw new MalformedError('no JSON object');
  return value;
}

/** An object without a name or a version cannot be followed: the connection is as good as broken. */
function identified(object: KubeObject | undefined): KubeObject {
  const meta: Partial<ObjectMeta> | undefined = object?.metadata;
  if (object === undefined || typeof meta?.name !== 'string' || typeof meta.resourceVersion !== 'string') {
    throw new MalformedError('an object without a name or a version');
  }
  return object;
}

const identityOf = ({ namespace, name, uid, resourceVersion }: ObjectMeta): Identity => ({
  namespace: namespace ?? '',
  name,
  uid: uid ?? '',
  resourceVersion: resourceVersion ?? '',
});

import type { KindInfo } from '../k8s/kind.ts';
import type { KubeObject } from '../k8s/object.ts';
import type { ObjectRef } from '../k8s/ref.ts';

/** The object an Event is about. */
export interface EventSubject extends ObjectRef {
  readonly apiVersion: string;
  readonly uid?: string;
}

/** What happened, for people who run `kubectl events`. */
export interface EventNote {
  readonly regarding: EventSubject;
  readonly related?: EventSubject;
  readonly type: 'Normal' | 'Warning';
  /** PascalCase, for machines: `DriftRepaired`. At most 128 characters are sent. */
  readonly reason: string;
  /** What was done: `Update`. At most 128 characters are sent. */
  readonly action: string;
  /** A sentence; at most 1,024 bytes of it are sent. */
  readonly note: string;
}

/** Who reports. */
export interface Reporter {
  /** Default `drawbridge.dev/operator`. */
  readonly controller: string;
  /** The pod's name. */
  readonly instance: string;
}

export const EVENT_KIND: KindInfo = {
  kind: 'Event',
  group: 'events.k8s.io',
  version: 'v1',
  plural: 'events',
  namespaced: true,
};

/** The limits of events.k8s.io/v1 (kubernetes pkg/apis/core/validation/events.go): beyond them it answers 422. */
const MAX_NOTE_BYTES = 1024;
const MAX_WORD = 128;
const MAX_NAME = 253;

/** Events about cluster-scoped objects go to `default`; elsewhere the API server answers 422 (THREATS 28). */
export const eventNamespace = (regarding: ObjectRef): string =>
  regarding.namespace === '' ? 'default' : regarding.namespace;

/** `suffix` makes the name unique. */
export function eventManifest(note: EventNote, reporter: Reporter, atMs: number, suffix: string): KubeObject {
  return {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: { name: eventName(note.regarding.name, suffix), namespace: eventNamespace(note.regarding) },
    eventTime: microTime(atMs),
    reportingController: reporter.controller,
    reportingInstance: reporter.instance.slice(0, MAX_WORD),
    action: note.action.slice(0, MAX_WORD),
    reason: note.reason.slice(0, MAX_WORD),
    type: note.type,
    regarding: referenceOf(note.regarding),
    ...(note.related === undefined ? {} : { related: referenceOf(note.related) }),
    note: cutBytes(note.note, MAX_NOTE_BYTES),
  };
}

/** A metav1.MicroTime needs exactly six digits, else the API server answers 400 (kubernetes#828, THREATS 28). */
export const microTime = (atMs: number): string => new Date(atMs).toISOString().replace('Z', '000Z');

/** Cuts a text to so many bytes of UTF-8, never within a character. */
export function cutBytes(text: string, limitBytes: number): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= limitBytes) return text;
  let end = limitBytes;
  // 10xxxxxx continues a character.
  while (end > 0 && ((bytes[end] ?? 0) & 0b1100_0000) === 0b1000_0000) end -= 1;
  return bytes.subarray(0, end).toString();
}

/** A DNS subdomain, which names of RBAC objects (`system:Foo`) need not be. */
function eventName(about: string, suffix: string): string {
  const label = about
    .toLowerCase()
    .slice(0, MAX_NAME - suffix.length - 1)
    .replace(/[^a-z0-9.-]+/g, '-')
    .replace(/^[^a-z0-9]+|[^a-z0-9]+$/g, '')
    .replace(/[.-]*\.[.-]*/g, '.');
  return label === '' ? `event.${suffix}` : `${label}.${suffix}`;
}

function referenceOf({ apiVersion, kind, namespace, name, uid }: EventSubject) {
  return {
    apiVersion,
    kind,
    name,
    ...(namespace === '' ? {} : { namespace }),
    ...(uid === undefined ? {} : { uid }),
  };
}

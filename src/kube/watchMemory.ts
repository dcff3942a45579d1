import type { Backoff, BackoffOptions } from './backoff.ts';
import { createBackoff } from './backoff.ts';
import type { WireEvent } from './decode.ts';
import { WatchError } from './decode.ts';
import { KubeError } from './errors.ts';
import { causeOf } from './interruption.ts';
import type { InterruptionCause, WatchEvent } from './watchEvent.ts';

/** What one subscription remembers between connections. */
export interface WatchMemory {
  /** The last version seen; `undefined`: list next. */
  version: string | undefined;
  streaming: boolean;
  /** This server sends bookmarks for this kind. */
  bookmarked: boolean;
  /** This connection has brought something at all. */
  spoke: boolean;
  /** This connection has brought something after its list. */
  progressed: boolean;
  openedAtMs: number;
  /** Connections in a row that brought nothing though they should have. */
  stalls: number;
  /** The version was refused as too old, and nothing has come since but lists. */
  expired: boolean;
  readonly backoff: Backoff;
  retryInMs: number;
}

const STALLS_BEFORE_RELIST = 3;
/** A connection that closes cleanly sooner, without an event, tells of a version that cannot be watched (k/k#104171). */
const INSTANT_MS = 2_000;

/** The memory of a subscription that begins. */
export function createMemory(streaming: boolean, backoff: BackoffOptions): WatchMemory {
  return {
    version: undefined,
    streaming,
    bookmarked: false,
    spoke: false,
    progressed: false,
    openedAtMs: 0,
    stalls: 0,
    expired: false,
    backoff: createBackoff(backoff),
    retryInMs: 0,
  };
}

/** Notes the version of an event, so that the next connection goes on after it. */
export function received(memory: WatchMemory, event: WireEvent): WatchEvent {
  const initializing = memory.version === undefined;
  memory.spoke = true;
  if (event.type === 'bookmark') {
    memory.bookmarked = true;
    if (initializing && !event.endsInit) return { type: 'bookmark', resourceVersion: event.resourceVersion };
    memory.version = event.resourceVersion;
    if (!initializing) progressed(memory);
    return { type: initializing ? 'initDone' : 'bookmark', resourceVersion: event.resourceVersion };
  }
  if (initializing) return event;
  memory.version = event.type === 'apply' ? event.entry.resourceVersion : event.resourceVersion;
  progressed(memory);
  return event;
}

function progressed(memory: WatchMemory): void {
  memory.progressed = true;
  memory.stalls = 0;
  memory.expired = false;
  memory.backoff.reset();
}

/** What the end of a connection means for the next: from where it goes on, and when. */
export function interrupted(
  memory: WatchMemory,
  nowMs: number,
  failure: { readonly error: unknown } | undefined,
): WatchEvent {
  const initializing = memory.version === undefined;
  const cause = causeOf(failure, initializing && memory.streaming);
  const instant = nowMs - memory.openedAtMs < INSTANT_MS && !memory.progressed;
  const healthy = cause === 'closed' && !initializing && !instant;
  // A server that ignores sendInitialEvents never ends its initial events: pages then, for good.
  if (cause === 'unsupported' || (cause === 'idle' && initializing)) memory.streaming = false;
  // After 404 the kind may come back as another with other objects (a CRD made anew).
  if (cause === 'gone' || cause === 'notServed') memory.version = undefined;
  // A server that has restarted knows no version from before: the outage is over, and what happened in it is to be seen.
  if (cause === 'gone' && !memory.expired) {
    memory.expired = true;
    memory.backoff.reset();
  }
  // From a version that the server has yet to reach (etcd restored from a backup) a watch opens and stays silent, without
  // an error and without bookmarks (measured with kube-apiserver 1.36.3).
  if (cause === 'idle' && !memory.spoke) memory.version = undefined;
  if (healthy) progressed(memory);
  else if (isStall(cause, failure)) memory.stalls += 1;
  if (memory.stalls >= STALLS_BEFORE_RELIST) {
    memory.stalls = 0;
    memory.version = undefined;
  }
  const retryAfterMs = failure?.error instanceof KubeError ? failure.error.retryAfterMs : undefined;
  memory.retryInMs = healthy || cause === 'unsupported' ? 0 : memory.backoff.next(retryAfterMs);
  return {
    type: 'interrupted',
    cause,
    retryInMs: memory.retryInMs,
    ...(failure === undefined ? {} : { error: failure.error }),
  };
}

/**
 * The server took the version and nothing good came of it: what it cannot tell from there, a list may. A refusal to open
 * the watch says nothing about the version, and lists of everything are the last thing that a busy server needs.
 */
const isStall = (cause: InterruptionCause, failure: { readonly error: unknown } | undefined): boolean =>
  cause === 'closed' || cause === 'idle' || cause === 'malformed' || failure?.error instanceof WatchError;

/** Another connection is about to be opened. */
export function opening(memory: WatchMemory, nowMs: number): void {
  memory.openedAtMs = nowMs;
  memory.spoke = false;
  memory.progressed = false;
}

import type { KubeObject } from '../../src/k8s/object.ts';
import type { ByteReader, KubeRequest, Transport } from '../../src/kube/transport.ts';
import type { WatchEvent, WatchOptions } from '../../src/kube/watch.ts';
import { watchKind } from '../../src/kube/watch.ts';
import type { Watched } from '../../src/kube/watchEvent.ts';
import { POLICIES, policy } from './entries.ts';
import { createVirtualTime } from './virtualTime.ts';

/** One connection that a watch opened, with the server's side in the test's hand. */
export interface Connection {
  readonly request: KubeRequest;
  readonly pooled: boolean;
  readonly at: number;
  isCancelled(): boolean;
  /** Sends lines of a watch. */
  send(...events: readonly object[]): void;
  sendText(text: string): void;
  /** Answers a list whole. */
  answer(list: object): void;
  end(): void;
  fail(error: unknown): void;
}

export type Transcript = readonly string[];

/** A watch over a transport made of callbacks, in virtual time. */
export function watchInVirtualTime(options: WatchOptions = {}, kind: Watched = POLICIES) {
  const { scheduler, advance } = createVirtualTime();
  const connections: Connection[] = [];
  const events: WatchEvent[] = [];
  let ended = false;
  const transport: Pick<Transport, 'follow'> = {
    follow: (request, reader, connection = 'own') => {
      const made = connectionOf(request, reader, connection === 'pooled', scheduler.now());
      connections.push(made.connection);
      return made.cancel;
    },
  };
  const subscription = watchKind(transport, kind, { random: () => 0, scheduler, ...options }).subscribe({
    next: (event) => events.push(event),
    error: () => {
      ended = true;
    },
    complete: () => {
      ended = true;
    },
  });
  return {
    connections,
    events,
    hasEnded: () => ended,
    now: () => scheduler.now(),
    /** The connection opened last. */
    last: (): Connection => {
      const connection = connections.at(-1);
      if (connection === undefined) throw new Error('no connection');
      return connection;
    },
    query: (index: number) => connections.at(index)?.request.query ?? {},
    /** Lets time pass. */
    advance,
    /** What was told since the last call, briefly. */
    told: (): Transcript => events.splice(0).map(brief),
    unsubscribe: () => subscription.unsubscribe(),
  };
}

function connectionOf(request: KubeRequest, reader: ByteReader, pooled: boolean, at: number) {
  let cancelled = false;
  const unless = (act: () => void) => {
    if (!cancelled) act();
  };
  const sendText = (text: string) => unless(() => reader.onData(Buffer.from(text)));
  const connection: Connection = {
    request,
    pooled,
    at,
    isCancelled: () => cancelled,
    sendText,
    send: (...lines) => sendText(lines.map((line) => `${JSON.stringify(line)}\n`).join('')),
    answer: (list) => {
      sendText(JSON.stringify(list));
      unless(() => reader.onEnd());
    },
    end: () => unless(() => reader.onEnd()),
    fail: (error) => unless(() => reader.onError(error)),
  };
  return {
    connection,
    cancel: () => {
      cancelled = true;
    },
  };
}

function brief(event: WatchEvent): string {
  switch (event.type) {
    case 'init':
      return 'init';
    case 'initDone':
    case 'bookmark':
      return `${event.type} ${event.resourceVersion}`;
    case 'apply':
      return `apply ${event.entry.name}@${event.entry.resourceVersion}`;
    case 'drop':
    case 'delete':
      return `${event.type} ${event.name}@${event.resourceVersion}`;
    case 'interrupted':
      return `interrupted ${event.cause} ${event.retryInMs}`;
  }
}

export const at = (name: string, version: number, spec: object = {}): KubeObject => {
  const object = policy(name, spec);
  return { ...object, metadata: { ...object.metadata, uid: name, resourceVersion: String(version) } };
};

export const added = (name: string, version: number) => ({ type: 'ADDED', object: at(name, version) });
export const modified = (name: string, version: number) => ({ type: 'MODIFIED', object: at(name, version) });
export const deleted = (name: string, version: number) => ({ type: 'DELETED', object: at(name, version) });
export const bookmark = (version: number) => ({
  type: 'BOOKMARK',
  object: { kind: 'NetworkPolicy', metadata: { resourceVersion: String(version) } },
});
export const initialEnd = (version: number) => ({
  type: 'BOOKMARK',
  object: {
    metadata: { resourceVersion: String(version), annotations: { 'k8s.io/initial-events-end': 'true' } },
  },
});
export const errorEvent = (code: number, more: object = {}) => ({
  type: 'ERROR',
  object: { kind: 'Status', code, ...more },
});

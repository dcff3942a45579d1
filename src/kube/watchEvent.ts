import type { Entry, Projection } from '../k8s/entry.ts';
import type { KindInfo } from '../k8s/kind.ts';
import type { KubeObject } from '../k8s/object.ts';

/** A kind to watch: where it is served, what of it, and what is kept of each object. core/kinds/kinds.ts `KindRow` is one. */
export interface Watched extends KindInfo {
  /** Only there; absent: everywhere. */
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  /** `undefined` keeps nothing of the object. `bytes` is its size on the wire. Should not throw; see `drop`. */
  project(raw: KubeObject, bytes: number): Projection | undefined;
}

/** Why a connection ended. `unsupported`: the server has no streaming lists, pages follow. */
export type InterruptionCause = (typeof INTERRUPTION_CAUSES)[number];

export const INTERRUPTION_CAUSES = [
  'closed',
  'gone',
  'idle',
  'malformed',
  'notServed',
  'unsupported',
  'unreachable',
  'error',
] as const;

export interface Identity {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
}

/** The object is not there, as far as we are concerned: `project` kept nothing, or threw (`error`). */
export interface Dropped extends Identity {
  readonly type: 'drop';
  readonly error?: unknown;
}

/** What an open connection says. */
export type LiveEvent =
  | { readonly type: 'apply'; readonly entry: Entry }
  | Dropped
  | ({ readonly type: 'delete' } & Identity)
  | { readonly type: 'bookmark'; readonly resourceVersion: string };

/**
 * What a watch says. Between `init` and `initDone` come the objects of a (re)list, in no order; another `init` starts it
 * over. After `interrupted` the next try comes in `retryInMs`, by itself.
 */
export type WatchEvent =
  | { readonly type: 'init' }
  | { readonly type: 'initDone'; readonly resourceVersion: string }
  | LiveEvent
  | {
      readonly type: 'interrupted';
      readonly cause: InterruptionCause;
      readonly error?: unknown;
      readonly retryInMs: number;
    };

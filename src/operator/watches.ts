import type { Subscription } from 'rxjs';
import { Subject } from 'rxjs';
import { BASELINE_WAIVER } from '../api/names.ts';
import { kindRow } from '../core/kinds/kinds.ts';
import type { Store } from '../kube/store.ts';
import type { Transport } from '../kube/transport.ts';
import type { WatchEvent, Watched } from '../kube/watch.ts';
import { watchKind } from '../kube/watch.ts';
import { INTERRUPTION_CAUSES } from '../kube/watchEvent.ts';
import type { Logger } from './logger.ts';
import type { Metrics } from './metrics.ts';

/** The watches of this process: one per kind, each feeding the store. */
export interface Watches {
  /** Starts the watches of kinds that are not watched yet. */
  ensure(kinds: readonly string[]): void;
  kinds(): readonly string[];
  /** The API server answers again: watches that wait for their next try connect now. */
  wake(): void;
  /** Why a watch seems stuck: neither events nor attempts for too long. */
  stuck(): string | undefined;
  stop(): void;
}

/** A healthy watch brings a bookmark a minute and an unhealthy one an attempt every half a minute. */
const STUCK_MS = 300_000;

/**
 * @param ownNamespace the operator's own: of some kinds it watches nothing else
 * @param awakeMs how long the process has been awake (health/heartbeat.ts): the clock by which silence is judged
 */
export function createWatches(
  transport: Transport,
  store: Store,
  metrics: Metrics,
  logger: Logger,
  ownNamespace: string,
  awakeMs: () => number,
): Watches {
  const subscriptions = new Map<string, Subscription>();
  const wakes = new Subject<void>();
  const lives = new Map<string, { readonly wallMs: number; readonly awakeMs: number }>();
  const isAlive = (kind: string): void => void lives.set(kind, { wallMs: Date.now(), awakeMs: awakeMs() });

  const take = (kind: string, event: WatchEvent): void => {
    isAlive(kind);
    store.apply(kind, event);
    if (event.type !== 'interrupted') return;
    if (event.cause === 'notServed' && DISPENSABLE.has(kind)) knowNone(store, kind);
    interrupted(kind, event);
  };

  const interrupted = (kind: string, event: Extract<WatchEvent, { type: 'interrupted' }>): void => {
    metrics.count('drawbridge_watch_restarts_total', { kind, cause: event.cause });
    const fields = {
      kind,
      cause: event.cause,
      retryInMs: Math.round(event.retryInMs),
      error: String(event.error ?? ''),
    };
    // A server closes quiet watches every few minutes; that is no news.
    if (event.cause === 'closed' || event.cause === 'unsupported') logger.debug('watch interrupted', fields);
    else logger.warn('watch interrupted', fields);
  };

  metrics.onScrape(() => {
    for (const [kind, { wallMs }] of lives) {
      metrics.set('drawbridge_watch_last_event_timestamp_seconds', { kind }, wallMs / 1000);
    }
    for (const kind of store.kinds()) metrics.set('drawbridge_store_objects', { kind }, store.size(kind));
  });

  return {
    ensure: (kinds) => {
      for (const kind of kinds) {
        if (subscriptions.has(kind)) continue;
        isAlive(kind);
        for (const cause of INTERRUPTION_CAUSES) metrics.count('drawbridge_watch_restarts_total', { kind, cause }, 0);
        subscriptions.set(
          kind,
          watchKind(transport, rowIn(kind, ownNamespace), { wake: wakes }).subscribe((event) => take(kind, event)),
        );
      }
    },
    kinds: () => [...subscriptions.keys()],
    wake: () => wakes.next(),
    stuck: () => {
      const kind = [...lives].find(([, life]) => awakeMs() - life.awakeMs > STUCK_MS)?.[0];
      return kind === undefined ? undefined : `the watch of ${kind} has shown no life for five minutes`;
    },
    stop: () => {
      for (const subscription of subscriptions.values()) subscription.unsubscribe();
      subscriptions.clear();
    },
  };
}

/** An operator that is older or newer than its CRDs goes on without these: what is not served, nobody wrote (THREATS 19). */
const DISPENSABLE: ReadonlySet<string> = new Set([BASELINE_WAIVER.kind]);

/** There is none, as far as was ever known. What was known stays known. */
function knowNone(store: Store, kind: string): void {
  if (store.isSynced(kind)) return;
  store.apply(kind, { type: 'init' });
  store.apply(kind, { type: 'initDone', resourceVersion: '0' });
}

const rowIn = (kind: string, ownNamespace: string): Watched => {
  const row = kindRow(kind);
  return row.ownNamespace === true ? { ...row, namespace: ownNamespace } : row;
};

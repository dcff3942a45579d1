import type { Observable, SchedulerLike } from 'rxjs';
import {
  asyncScheduler,
  catchError,
  concat,
  defer,
  EMPTY,
  map,
  merge,
  NEVER,
  of,
  repeat,
  take,
  tap,
  timer,
} from 'rxjs';
import { failWhenIdle } from './idle.ts';
import { listPages, openWatch } from './listWatch.ts';
import type { Transport } from './transport.ts';
import type { WatchEvent, Watched } from './watchEvent.ts';
import type { WatchMemory } from './watchMemory.ts';
import { createMemory, interrupted, opening, received } from './watchMemory.ts';

export type { InterruptionCause, LiveEvent, WatchEvent, Watched } from './watchEvent.ts';

/** All optional. */
export interface WatchOptions {
  /** Silence after which a connection that sends bookmarks is taken for dead; they come once a minute. Default 100,000. */
  readonly idleMs?: number;
  /** Objects per page where lists do not stream. Default 500. */
  readonly pageSize?: number;
  /** `false` lists in pages from the start. */
  readonly streamingList?: boolean;
  /** In [0, 1); default Math.random. */
  readonly random?: () => number;
  /** Whoever waits before the next connection tries at once when this emits: the server is known to answer again. */
  readonly wake?: Observable<unknown>;
  /** Clock and timers; default rxjs's asyncScheduler. */
  readonly scheduler?: SchedulerLike;
}

type Settings = Required<WatchOptions>;

/** client-go's: spreads the reconnects of many watches over five minutes. */
const MIN_TIMEOUT_SECONDS = 300;
/** How much later than the timeout we asked for a server may close. */
const SLACK_MS = 30_000;

/**
 * Lists a kind in all namespaces, then watches it, for ever: never errors, never completes; what goes wrong is an
 * `interrupted` event and is tried again. Resumes from the last version seen; lists again after 410. Unsubscribing closes
 * the connection at once. Each subscription has its own connection.
 */
export function watchKind(
  transport: Pick<Transport, 'follow'>,
  kind: Watched,
  options: WatchOptions = {},
): Observable<WatchEvent> {
  const scheduler = options.scheduler ?? asyncScheduler;
  const settings: Settings = {
    idleMs: options.idleMs ?? 100_000,
    pageSize: options.pageSize ?? 500,
    streamingList: options.streamingList ?? true,
    random: options.random ?? Math.random,
    wake: options.wake ?? NEVER,
    scheduler,
  };
  return defer(() => {
    const memory = createMemory(settings.streamingList, { now: () => scheduler.now(), random: settings.random });
    const woken = settings.wake.pipe(tap(() => memory.backoff.reset()));
    const delay = () => merge(timer(memory.retryInMs, scheduler), woken).pipe(take(1));
    return connectOnce(transport, kind, settings, memory).pipe(repeat({ delay }));
  });
}

/** One connection from its opening to its end, which is an `interrupted` event. */
function connectOnce(
  transport: Pick<Transport, 'follow'>,
  kind: Watched,
  settings: Settings,
  memory: WatchMemory,
): Observable<WatchEvent> {
  return defer(() => {
    let failure: { readonly error: unknown } | undefined;
    opening(memory, settings.scheduler.now());
    const events = listIfNeeded(transport, kind, settings, memory).pipe(
      catchError((error: unknown) => {
        failure = { error };
        return EMPTY;
      }),
    );
    return concat(
      events,
      defer(() => of(interrupted(memory, settings.scheduler.now(), failure))),
    );
  });
}

function listIfNeeded(
  transport: Pick<Transport, 'follow'>,
  kind: Watched,
  settings: Settings,
  memory: WatchMemory,
): Observable<WatchEvent> {
  const follow = defer(() => followWatch(transport, kind, settings, memory));
  if (memory.version !== undefined) return follow;
  const init = of<WatchEvent>({ type: 'init' });
  if (memory.streaming) return concat(init, follow);
  const pages = listPages(transport, kind, settings.pageSize).pipe(
    map((event): WatchEvent => {
      if (event.type !== 'listed') return event;
      memory.version = event.resourceVersion;
      opening(memory, settings.scheduler.now());
      return { type: 'initDone', resourceVersion: event.resourceVersion };
    }),
  );
  return concat(init, pages, follow);
}

function followWatch(
  transport: Pick<Transport, 'follow'>,
  kind: Watched,
  settings: Settings,
  memory: WatchMemory,
): Observable<WatchEvent> {
  const start = memory.version === undefined ? 'streamingList' : { resourceVersion: memory.version };
  const timeoutSeconds = MIN_TIMEOUT_SECONDS + Math.floor(settings.random() * MIN_TIMEOUT_SECONDS);
  const limitMs = () =>
    memory.bookmarked || memory.version === undefined ? settings.idleMs : timeoutSeconds * 1000 + SLACK_MS;
  return openWatch(transport, kind, start, timeoutSeconds).pipe(
    failWhenIdle(limitMs, settings.idleMs, settings.scheduler),
    map((event) => received(memory, event)),
  );
}

import type { SchedulerLike } from 'rxjs';
import { asyncScheduler } from 'rxjs';
import type { EventNote } from './eventManifest.ts';
import type { EventPost } from './eventPost.ts';
import { createEventPost } from './eventPost.ts';
import { createEventSender } from './eventSender.ts';
import { createRecentMap } from './recentMap.ts';
import type { TokenBucket } from './tokenBucket.ts';
import { createTokenBucket } from './tokenBucket.ts';
import type { JsonTransport } from './transport.ts';

export type { EventNote, EventSubject } from './eventManifest.ts';

/** Why an Event was not written. `failed`: the API server refused it or did not answer. */
export type EventLoss = 'buffer' | 'rate' | 'failed' | 'stopped' | 'invalid';

/** Writes Events of events.k8s.io/v1, never in the way of the work they are about. */
export interface EventRecorder {
  /** Synchronous, bounded, never throws. Equal notes about one object become one Event with a series. */
  record(note: EventNote): void;
  /** Events lost so far. */
  lost(): number;
  /** Takes no more, sends what waits, for at most 2 s, and gives up the rest. */
  stop(): Promise<void>;
}

export interface EventRecorderOptions {
  /** The pod's name. */
  readonly reportingInstance: string;
  readonly reportingController?: string;
  readonly fieldManager?: string;
  /** Events that may wait to be sent; default 1,000. */
  readonly bufferSize?: number;
  /** New Events about one object: so many at once (default 25), then one every `objectRefillMs` (default 10,000). */
  readonly objectBurst?: number;
  readonly objectRefillMs?: number;
  /** Requests in all: so many at once (default 50), then so many a second (default 10). */
  readonly burst?: number;
  readonly perSecond?: number;
  /** A series is written at most this often; default 10,000. */
  readonly seriesEveryMs?: number;
  /** How long an Event still has to wait for what is more urgent, in ms; `waitedMs`: how long it has. Default: 0. */
  readonly giveWayMs?: (waitedMs: number) => number;
  readonly onLoss?: (loss: EventLoss) => void;
  /** Clock and timers; default rxjs's asyncScheduler. */
  readonly scheduler?: SchedulerLike;
  /** In [0, 1), for names; default Math.random. */
  readonly random?: () => number;
}

/** client-go ends a series six minutes after its last event; the next equal one is a new Event. */
const SERIES_ENDS_MS = 6 * 60_000;
const STOP_WITHIN_MS = 2_000;
/** Objects and series remembered at most, of 2 KB each; what is forgotten only makes a new Event. */
const REMEMBERED = 4_096;

export function createEventRecorder(transport: JsonTransport, options: EventRecorderOptions): EventRecorder {
  const scheduler = options.scheduler ?? asyncScheduler;
  const objectBurst = options.objectBurst ?? 25;
  const objectRefillMs = options.objectRefillMs ?? 10_000;
  const series = createRecentMap<string, EventPost>(REMEMBERED, SERIES_ENDS_MS);
  // By then a bucket is full, as a new one is.
  const buckets = createRecentMap<string, TokenBucket>(REMEMBERED, objectBurst * objectRefillMs);
  let lost = 0;
  let stopped = false;
  const lose = (loss: EventLoss) => {
    lost += 1;
    options.onLoss?.(loss);
  };
  const sender = createEventSender({
    scheduler,
    bufferSize: options.bufferSize ?? 1_000,
    giveWayMs: options.giveWayMs ?? (() => 0),
    rate: createTokenBucket(options.burst ?? 50, 1_000 / (options.perSecond ?? 10)),
    onFailed: (post) => {
      // Whatever was wrong with it (its Event expired, say): the next equal note begins anew.
      if (series.get(post.key, scheduler.now()) === post) series.delete(post.key);
      lose('failed');
    },
  });
  const posts = createEventPost(transport, {
    reporter: {
      controller: options.reportingController ?? 'drawbridge.dev/operator',
      instance: options.reportingInstance,
    },
    fieldManager: options.fieldManager ?? 'drawbridge',
    seriesEveryMs: options.seriesEveryMs ?? 10_000,
    random: options.random ?? Math.random,
  });
  const mayBegin = (object: string, nowMs: number): boolean => {
    const bucket = buckets.get(object, nowMs) ?? createTokenBucket(objectBurst, objectRefillMs);
    buckets.set(object, bucket, nowMs);
    return bucket.take(nowMs);
  };
  const take = (note: EventNote): EventLoss | undefined => {
    if (stopped) return 'stopped';
    const nowMs = scheduler.now();
    const { kind, namespace, name, uid } = note.regarding;
    const object = [kind, namespace, name, uid].join('/');
    const key = [object, note.type, note.reason, note.action, note.note].join('\n');
    const running = series.get(key, nowMs);
    if (running !== undefined && nowMs - running.lastMs() < SERIES_ENDS_MS) {
      running.repeat(nowMs);
      return sender.add(running) ? undefined : 'buffer';
    }
    if (!mayBegin(object, nowMs)) return 'rate';
    const post = posts.begin(key, note, nowMs);
    if (!sender.add(post)) return 'buffer';
    series.set(key, post, nowMs);
    return undefined;
  };
  return {
    record: (note) => {
      try {
        const loss = take(note);
        if (loss !== undefined) lose(loss);
      } catch {
        lose('invalid');
      }
    },
    lost: () => lost,
    stop: async () => {
      stopped = true;
      const left = await sender.stop(STOP_WITHIN_MS);
      for (let count = 0; count < left; count += 1) lose('stopped');
    },
  };
}

import type { LoggedWrite } from '../../audit/attribution/author.ts';
import { authorOf } from '../../audit/attribution/author.ts';
import type { EventUser } from '../../audit/event.ts';
import { kindRow } from '../../core/kinds/kinds.ts';
import type { Drift } from '../../core/plan/changeResult.ts';
import { keyOf } from '../../k8s/ref.ts';
import type { Clock } from '../clock.ts';
import type { ChangedObject, Evidence } from '../evidence/evidence.ts';
import type { Queue, Work, WorkResult } from '../queue.ts';
import { createQueue } from '../queue.ts';
import type { Sink } from '../sinks/sink.ts';

export interface AttributionOptions {
  readonly clock: Clock;
  readonly evidence: Evidence;
  readonly whoAmI: (signal: AbortSignal) => Promise<EventUser>;
  readonly onAuthor: (drift: Drift, author: LoggedWrite) => void;
  /** Nobody was found: no event came in time, or too much was asked at once. */
  readonly onUnknown: (drift: Drift) => void;
}

/** Finds out who is behind drift, after it was put right. */
export interface Attribution {
  readonly sink: Sink;
  readonly queue: Queue;
}

/** Batches of a webhook wait up to 30 s, and are tried again. */
const GIVE_UP_MS = 90_000;
const FIRST_LOOK_MS = 500;
/** Looks become rarer: the next one is after so large a part of what was waited for. */
const LOOK_PART = 0.5;
/** Drift in thousands of namespaces at once has one author, whom the first of them name. */
const MAX_WAITING = 1_000;

interface Waiting {
  readonly drift: Drift;
  readonly seenAt: string;
  readonly sinceMs: number;
}

/**
 * Asks the audit receiver for the author of each drift until its event has come. The field manager of an object is what a
 * client calls itself, and a deletion leaves none; the audit log knows the user.
 */
export function createAttribution(options: AttributionOptions): Attribution {
  const { clock, evidence, onAuthor, onUnknown } = options;
  const waiting = new Map<string, Waiting>();
  let self: string | undefined;

  const look = async ({ key, signal }: Work): Promise<WorkResult> => {
    const one = waiting.get(key);
    if (one === undefined) return { result: 'done' };
    const { drift, seenAt, sinceMs } = one;
    const author = await find(drift, seenAt, signal).catch(() => undefined);
    const waitedMs = clock.nowMs() - sinceMs;
    if (author === undefined && waitedMs < GIVE_UP_MS) {
      return { result: 'done', againAtMs: clock.nowMs() + Math.max(FIRST_LOOK_MS, waitedMs * LOOK_PART) };
    }
    // Another drift of the same object may have come meanwhile, and is looked at next.
    if (waiting.get(key) === one) waiting.delete(key);
    if (author === undefined) onUnknown(drift);
    else onAuthor(drift, author);
    return { result: 'done' };
  };
  const find = async (drift: Drift, seenAt: string, signal: AbortSignal): Promise<LoggedWrite | undefined> => {
    self ??= (await options.whoAmI(signal)).name;
    const seenMs = Date.parse(seenAt);
    const agoMs = (at: string): number => seenMs - Date.parse(at);
    return authorOf(drift.change, await evidence.changes(objectOf(drift)), self, agoMs);
  };
  const queue = createQueue(look, { clock, concurrency: 2 });
  return {
    queue,
    sink: ({ drifts }) => {
      for (const drift of drifts) {
        if (drift.again === true) continue;
        const key = keyOf(drift.ref);
        if (waiting.size >= MAX_WAITING && !waiting.has(key)) {
          onUnknown(drift);
          continue;
        }
        waiting.set(key, { drift, seenAt: clock.timestamp(), sinceMs: clock.nowMs() });
        queue.addAt(key, clock.nowMs() + FIRST_LOOK_MS);
      }
    },
  };
}

/** Audit events name resources, not kinds. */
const objectOf = ({ ref }: Drift): ChangedObject => {
  const { group, plural } = kindRow(ref.kind);
  return { group, resource: plural, namespace: ref.namespace, name: ref.name };
};

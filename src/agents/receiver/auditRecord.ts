import type { AuditEvent } from '../../audit/event.ts';
import type { Evidence, EvidenceHealth } from '../../operator/evidence/evidence.ts';
import type { Metrics } from '../../operator/metrics.ts';
import type { Absorbed, Memory } from './absorb.ts';
import { absorb } from './absorb.ts';
import type { Batch } from './eventList.ts';
import type { ReceiverLimits } from './options.ts';
import { createRecentChanges } from './recentChanges.ts';
import { createRecentKeys } from './recentKeys.ts';
import { createRememberedEvents } from './rememberedEvents.ts';
import type { Tallies } from './tallies.ts';
import { addTallies } from './tallies.ts';

/** All that a receiver has seen: what is put in, and what is asked. */
export interface AuditRecord {
  /** Puts in a batch that an earlier process was given: it is known again, and in no metric. */
  recall(batch: Batch): Promise<void>;
  /** Puts in a batch that has come now. */
  take(batch: Batch): Promise<void>;
  /** What a batch would have held that was not taken. */
  miss(what: 'oversized' | 'refused' | 'gaps'): void;
  tallies(): Tallies;
  readonly evidence: Evidence;
}

export interface RecordOptions {
  readonly limits: ReceiverLimits;
  /** The sum of what is not put in again. */
  readonly base: Tallies;
  readonly metrics: Metrics;
  readonly waitingBytes: () => number;
  /** RFC 3339, and milliseconds since 1970, of this machine. */
  readonly timestamp: () => string;
  readonly onEvent: ((event: AuditEvent) => void) | undefined;
}

export function createRecord(options: RecordOptions): AuditRecord {
  const { limits, metrics, timestamp } = options;
  const memory: Memory = {
    keys: createRecentKeys(limits.keys),
    events: createRememberedEvents(limits.events),
    changes: createRecentChanges({ perResource: limits.changesPerResource, total: limits.changes }),
  };
  const since = timestamp();
  const missed = { oversized: 0, refused: 0, gaps: 0 };
  let tallies = options.base;
  let last: Pick<EvidenceHealth, 'lastEventAt' | 'lagMs'> = { lastEventAt: undefined, lagMs: undefined };
  const put = async (batch: Batch): Promise<Absorbed> => {
    const absorbed = await absorb(batch, memory, options.onEvent);
    tallies = addTallies(tallies, absorbed.tallies);
    return absorbed;
  };
  measure(metrics, memory, options.waitingBytes);
  return {
    recall: async (batch) => void (await put(batch)),
    take: async (batch) => {
      const { tallies: added, newestAt } = await put(batch);
      count(metrics, batch.source, added);
      if (newestAt === undefined) return;
      const now = timestamp();
      last = { lastEventAt: now, lagMs: Math.max(0, Date.parse(now) - Date.parse(newestAt)) };
      metrics.set('drawbridge_audit_receiver_last_event_timestamp_seconds', {}, Date.parse(now) / 1000);
      metrics.set('drawbridge_audit_receiver_lag_seconds', {}, last.lagMs === undefined ? 0 : last.lagMs / 1000);
    },
    miss: (what) => {
      missed[what] += 1;
    },
    tallies: () => tallies,
    evidence: {
      requests: async (ids) => ids.flatMap((id) => memory.events.find(id) ?? []),
      changes: async (object) => memory.changes.of(object),
      health: async () => ({ since, ...last, ...tallies, ...missed, waitingBytes: options.waitingBytes() }),
    },
  };
}

function count(metrics: Metrics, source: Batch['source'], { counted, duplicates, poison }: Tallies): void {
  for (const [result, by] of Object.entries({ counted, duplicate: duplicates, poison })) {
    if (by > 0) metrics.count('drawbridge_audit_receiver_events_total', { source, result }, by);
  }
}

function measure(metrics: Metrics, { keys, events, changes }: Memory, waitingBytes: () => number): void {
  metrics.onScrape(() => {
    metrics.set('drawbridge_audit_receiver_queue_bytes', {}, waitingBytes());
    metrics.set('drawbridge_audit_receiver_remembered_keys', {}, keys.size());
    metrics.set('drawbridge_audit_receiver_remembered_events', {}, events.size());
    metrics.set('drawbridge_audit_receiver_remembered_changes', {}, changes.size());
  });
}

import type { AuditEvent } from '../../audit/event.ts';
import type { SeenRequest } from '../../operator/evidence/evidence.ts';
import { MAX_EVENTS_PER_ID, PROBE_ID_PREFIX } from '../../operator/evidence/evidence.ts';
import { createFifo } from './fifo.ts';

/** The latest events by their Audit-ID. */
export interface RememberedEvents {
  add(event: AuditEvent): void;
  /** Undefined: not seen, or forgotten. */
  find(auditId: string): SeenRequest | undefined;
  size(): number;
}

/** Probes have a tenth of the room to themselves. `limit`: events in all; the IDs seen first are forgotten first. */
export function createRememberedEvents(limit: number): RememberedEvents {
  const probes = createRoom(Math.ceil(limit / 10));
  const others = createRoom(limit - Math.ceil(limit / 10));
  const roomOf = (auditId: string): Room => (auditId.startsWith(PROBE_ID_PREFIX) ? probes : others);
  return {
    add: (event) => roomOf(event.auditId).add(event),
    find: (auditId) => roomOf(auditId).find(auditId),
    size: () => probes.size() + others.size(),
  };
}

type Room = RememberedEvents;

function createRoom(limit: number): Room {
  const byId = new Map<string, { readonly events: AuditEvent[]; total: number }>();
  const ids = createFifo<string>();
  let size = 0;
  return {
    add: (event) => {
      const known = byId.get(event.auditId);
      if (known === undefined) {
        byId.set(event.auditId, { events: [event], total: 1 });
        ids.push(event.auditId);
      } else {
        known.total += 1;
        if (known.events.length >= MAX_EVENTS_PER_ID) return;
        known.events.push(event);
      }
      size += 1;
      while (size > limit) {
        const oldest = ids.shift() ?? '';
        size -= byId.get(oldest)?.events.length ?? 0;
        byId.delete(oldest);
      }
    },
    find: (auditId) => {
      const known = byId.get(auditId);
      return known === undefined ? undefined : { auditId, events: [...known.events], total: known.total };
    },
    size: () => size,
  };
}

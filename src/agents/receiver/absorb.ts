import { setImmediate as nextTurn } from 'node:timers/promises';
import type { AuditEvent } from '../../audit/event.ts';
import { readEvent } from '../../audit/event.ts';
import { boundedEvent } from './boundedEvent.ts';
import { eventKey } from './eventKey.ts';
import type { Batch } from './eventList.ts';
import { parsed, piecesOf } from './eventList.ts';
import type { RecentChanges } from './recentChanges.ts';
import type { RecentKeys } from './recentKeys.ts';
import type { RememberedEvents } from './rememberedEvents.ts';
import type { Tallies } from './tallies.ts';

/** What a receiver remembers. */
export interface Memory {
  readonly keys: RecentKeys;
  readonly events: RememberedEvents;
  readonly changes: RecentChanges;
}

/** What a batch added. */
export interface Absorbed {
  readonly tallies: Tallies;
  /** When the newest of its new events happened, by the API server's clock: RFC 3339. */
  readonly newestAt: string | undefined;
}

/** About two milliseconds of work, then others have their turn: an acknowledgement does not wait for a whole batch. */
const PIECES_A_TURN = 100;

/**
 * Takes up the events of one batch, each once. What is no event is counted and left out: poison must not stop what follows,
 * and the API server would only send it again. `onEvent` gets each new event; it must not throw.
 */
export async function absorb(
  batch: Batch,
  memory: Memory,
  onEvent: (event: AuditEvent) => void = () => {},
): Promise<Absorbed> {
  const pieces = piecesOf(batch);
  if (pieces === undefined) return { tallies: { counted: 0, duplicates: 0, poison: 1 }, newestAt: undefined };
  const tallies = { counted: 0, duplicates: 0, poison: 0 };
  let newestAt: string | undefined;
  for (const [index, piece] of pieces.entries()) {
    if (index > 0 && index % PIECES_A_TURN === 0) await nextTurn();
    const value = parsed(piece);
    const event = readEvent(value);
    if (event === undefined) tallies.poison += 1;
    else if (!memory.keys.add(eventKey(value))) tallies.duplicates += 1;
    else {
      tallies.counted += 1;
      const kept = boundedEvent(event);
      memory.events.add(kept);
      memory.changes.add(kept);
      if (isTime(kept.stageAt) && (newestAt === undefined || kept.stageAt > newestAt)) newestAt = kept.stageAt;
      onEvent(event);
    }
  }
  return { tallies, newestAt };
}

const isTime = (text: string): boolean => !Number.isNaN(Date.parse(text));

import { hash } from 'node:crypto';
import { integer, record, text, texts } from '../../k8s/json.ts';

/** Of the 32 bytes of a SHA-256. */
const KEY_BYTES = 16;

/**
 * Tells events apart. The Audit-ID does not: clients choose it, and who sends one ID with every request would hide all but
 * the first. So the key is all that says what was asked, by whom, when, in what stage and how it ended; an event that is
 * sent again is equal in all of it. The hash resists collisions, because a client chooses much of what goes in.
 */
export function eventKey(value: unknown): string {
  const event = record(value);
  const identity = [
    text(event.auditID),
    text(event.stage),
    text(event.requestReceivedTimestamp),
    text(event.stageTimestamp),
    text(record(event.user).username),
    text(record(event.impersonatedUser).username),
    text(event.verb),
    text(event.requestURI),
    text(event.userAgent),
    texts(event.sourceIPs),
    integer(record(event.responseStatus).code) ?? 0,
  ];
  // A byte a character: half of what hexadecimal digits take, of which there are hundreds of thousands.
  return hash('sha256', JSON.stringify(identity), 'buffer').toString('latin1', 0, KEY_BYTES);
}

import type { AuditEvent } from '../event.ts';

/** Remembers the long-running requests that were counted at their start, so that their end is not one more use. */
export interface LongRunning {
  /** Whether an event is the end of a request whose start was counted. */
  isEnd(event: AuditEvent): boolean;
  /** How many starts were forgotten for want of room. */
  forgotten(): number;
}

/**
 * Watches, exec, attach, portforward, proxies and logs have two events: ResponseStarted, perhaps hours before
 * ResponseComplete. Either counts, the pair counts once. The ID is the client's to choose, so who asked for what is part
 * of the key: one ID on many requests hides none of them.
 */
export function longRunning(limit: number): LongRunning {
  const open = new Set<string>();
  let forgotten = 0;
  return {
    isEnd(event) {
      if (event.stage === 'ResponseComplete') return open.delete(keyOf(event));
      if (event.stage !== 'ResponseStarted') return false;
      open.add(keyOf(event));
      const [oldest] = open;
      if (open.size > limit && oldest !== undefined) {
        open.delete(oldest);
        forgotten += 1;
      }
      return false;
    },
    forgotten: () => forgotten,
  };
}

const keyOf = ({ auditId, user, impersonated, verb, target }: AuditEvent): string =>
  JSON.stringify([auditId, user.name, impersonated?.name, verb, Object.values(target)]);

import { OPERATOR_USER } from '../../support/install.ts';
import type { Observation, Violation } from '../observation.ts';
import { describeWrite } from '../write.ts';

/**
 * Processes write one after the other: who has been followed by another never writes again, because one that lost the Lease
 * ends, and the next has another identity. The Lease itself is written by all who stand for it.
 */
export function leaderViolations({ writes }: Observation): readonly Violation[] {
  const own = writes
    .filter(({ user, resource, code }) => user === OPERATOR_USER && resource !== 'leases' && code < 300)
    .toSorted((a, b) => a.atMs - b.atMs);
  const followed = new Set<string>();
  let last: string | undefined;
  for (const write of own) {
    if (followed.has(write.userAgent)) {
      const what = `${write.userAgent} wrote after ${last} did: ${describeWrite(write)}`;
      const about = { resource: write.resource, namespace: write.namespace, name: write.name };
      return [{ rule: 'one writes at a time', what, about }];
    }
    if (last !== undefined && last !== write.userAgent) followed.add(last);
    last = write.userAgent;
  }
  return [];
}

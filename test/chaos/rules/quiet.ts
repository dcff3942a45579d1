import { OPERATOR_USER } from '../../support/install.ts';
import type { Observation, Violation } from '../observation.ts';
import { describeWrite } from '../write.ts';

/** src/kube/events.ts: so many at once and so many a second; what waits may still go out. */
const EVENTS_PER_SECOND = 10;
const EVENTS_AT_ONCE = 50;

/** Once everything is right, nothing is written: no repair, no report, no status. Events may lag; the Lease is renewed. */
export function quietViolations({ writes, quiet }: Observation): readonly Violation[] {
  const own = writes.filter(({ user, atMs }) => user === OPERATOR_USER && atMs >= quiet.fromMs && atMs < quiet.untilMs);
  const events = own.filter(({ resource }) => resource === 'events').length;
  const seconds = (quiet.untilMs - quiet.fromMs) / 1_000;
  const most = EVENTS_AT_ONCE + EVENTS_PER_SECOND * seconds;
  return [
    ...own
      .filter(({ resource }) => resource !== 'events' && resource !== 'leases')
      .map((write) => ({
        rule: 'nothing is written once everything is right',
        what: `${new Date(write.atMs).toISOString()} ${describeWrite(write)}`,
        about: { resource: write.resource, namespace: write.namespace, name: write.name },
      })),
    ...(events > most ? [{ rule: 'Events come no faster than they may', what: `${events} in ${seconds} s` }] : []),
  ];
}

import { OPERATOR_USER } from '../../support/install.ts';
import { disturbances, withBackoff } from '../disturbance.ts';
import type { Direction } from '../duty.ts';
import { DENY, denied, dutyOf, openIn } from '../duty.ts';
import type { Moment, Past } from '../history.ts';
import { replay } from '../history.ts';
import type { Interval } from '../interval.ts';
import { lengthOf, without } from '../interval.ts';
import type { Observation, Violation } from '../observation.ts';
import type { Write } from '../write.ts';
import { describeWrite } from '../write.ts';

/** A namespace stood open in a direction in which it had to be closed. */
export interface OpenDoor extends Interval {
  readonly namespace: string;
  readonly direction: Direction;
  readonly began: string;
  /** How long nothing explains it, in milliseconds. */
  readonly unexplainedMs: number;
}

/** Longer than the news of an edit takes. */
const KNOWN_MS = 1_000;
/** Far more than a repair takes: a machine with all its processors busy must not fail here. */
const REPAIR_MS = 3_000;

/** Every open door of a run, and what is wrong with any of them. */
export function doorsOf(observation: Observation): {
  readonly doors: readonly OpenDoor[];
  readonly violations: readonly Violation[];
} {
  const { snapshots, writes, quiet } = observation;
  const namespaces = namespacesOf(observation);
  const since = new Map<string, { readonly atMs: number; readonly began: string }>();
  const doors: OpenDoor[] = [];
  const violations: Violation[] = [];
  const stood = new Map<string, readonly Direction[]>();
  const duties = new Map<string, number>();
  /** Whether something has enforced there for so long that the operator knows it. */
  const isOwed = (namespace: string, atMs: number): boolean => {
    const fromMs = duties.get(namespace);
    if (fromMs === undefined) return false;
    const undisturbed = without({ fromMs, untilMs: atMs }, withBackoff(disturbances(observation, namespace)));
    return lengthOf(undisturbed) > KNOWN_MS;
  };
  const close = (namespace: string, direction: Direction, untilMs: number): void => {
    const opened = since.get(`${namespace} ${direction}`);
    if (opened === undefined) return;
    since.delete(`${namespace} ${direction}`);
    doors.push(doorOf(observation, { namespace, direction, untilMs, fromMs: opened.atMs, began: opened.began }));
  };
  replay(snapshots, writes, (past, moment) => {
    violations.push(...badWrites(past, moment, stood, isOwed));
    for (const namespace of namespaces) {
      if (dutyOf(past, namespace) === undefined) duties.delete(namespace);
      else if (!duties.has(namespace)) duties.set(namespace, moment.atMs);
      const open = openIn(past, namespace);
      for (const direction of ['Ingress', 'Egress'] as const) {
        const key = `${namespace} ${direction}`;
        if (!open.includes(direction)) close(namespace, direction, moment.atMs);
        else if (!since.has(key)) since.set(key, { atMs: moment.atMs, began: describeMoment(moment) });
      }
      stood.set(namespace, denied(past.get('NetworkPolicy', namespace, DENY)));
    }
  });
  for (const key of [...since.keys()]) {
    const [namespace = '', direction] = key.split(' ');
    close(namespace, direction as Direction, quiet.untilMs);
  }
  return { doors, violations: [...violations, ...doors.filter(isTooLong).map(tooLong)] };
}

const isTooLong = ({ unexplainedMs }: OpenDoor): boolean => unexplainedMs > REPAIR_MS;

const tooLong = ({ namespace, direction, fromMs, untilMs, began, unexplainedMs }: OpenDoor): Violation => ({
  rule: 'no door stands open longer than what keeps it open',
  what: `${namespace} was open for ${direction} for ${untilMs - fromMs} ms (${unexplainedMs} ms of it unexplained), since ${new Date(fromMs).toISOString()}: ${began}`,
  about: { resource: 'networkpolicies', namespace, name: DENY },
});

const doorOf = (observation: Observation, door: Omit<OpenDoor, 'unexplainedMs'>): OpenDoor => ({
  ...door,
  unexplainedMs: lengthOf(without(door, withBackoff(disturbances(observation, door.namespace)))),
});

const namespacesOf = ({ scenario, done }: Observation): readonly string[] => [
  ...Object.keys(scenario.cast.namespaces),
  ...done.flatMap(({ deed }) => (deed.do === 'createNamespace' ? [deed.namespace] : [])),
];

const describeMoment = (moment: Moment): string =>
  'write' in moment ? describeWrite(moment.write) : 'seen after the API server was killed';

/** What the operator itself may never do to a deny, whatever it was told. */
function badWrites(
  past: Past,
  moment: Moment,
  stood: ReadonlyMap<string, readonly Direction[]>,
  isOwed: (namespace: string, atMs: number) => boolean,
): readonly Violation[] {
  if (!('write' in moment) || !isOwnDenyWrite(moment.write)) return [];
  const { write } = moment;
  const about = { resource: 'networkpolicies', namespace: write.namespace, name: DENY };
  const before = stood.get(write.namespace) ?? [];
  if (write.verb === 'delete') {
    // No deny that is owed is deleted, not even to be made anew.
    return before.length === 0 || !isOwed(write.namespace, write.atMs)
      ? []
      : [{ rule: 'the operator opens no door', what: `it deleted a deny: ${describeWrite(write)}`, about }];
  }
  const after = denied(past.get('NetworkPolicy', write.namespace, DENY));
  // One that is deleted already only has its finalizers taken off, and is made anew (THREATS 2).
  const wasDeleted = write.answer?.metadata?.deletionTimestamp !== undefined;
  if (after.includes('Ingress') || write.verb === 'patch' || wasDeleted) return [];
  const spec = JSON.stringify(write.answer?.spec);
  return [
    {
      rule: 'the operator opens no door',
      what: `it wrote a deny that denies no Ingress: ${describeWrite(write)} ${spec}`,
      about,
    },
  ];
}

const isOwnDenyWrite = ({ user, resource, name, code }: Write): boolean =>
  user === OPERATOR_USER && resource === 'networkpolicies' && name === DENY && code < 300;

import type { Match, Rule, Verb } from '../support/faultProxy.ts';
import type { Interval } from './interval.ts';
import { joined, without } from './interval.ts';
import type { Done, Observation } from './observation.ts';

/**
 * The times in which nobody can expect a repair: nothing worked, the API server was gone, or a fault of the proxy met what
 * repairs need.
 */
export function disturbances(observation: Observation, namespace: string): readonly Interval[] {
  const { done, lives, snapshots, chaos, quiet } = observation;
  // The first processes start after the baselines are there, and before the chaos begins.
  const fromMs = Math.min(chaos.fromMs, ...snapshots.map(({ atMs }) => atMs));
  const span = { fromMs, untilMs: quiet.untilMs };
  const working = lives.flatMap(({ worksFromMs, untilMs }) =>
    worksFromMs === undefined ? [] : [{ fromMs: worksFromMs, untilMs }],
  );
  return [...without(span, working), ...done.filter((one) => disturbs(one, namespace))];
}

function disturbs({ deed, outcome }: Done, namespace: string): boolean {
  if (outcome !== 'done') return false;
  if (deed.do === 'fault') return matters(deed.rule, namespace);
  // Attacks that have to be faster stop the operator meanwhile.
  return deed.do === 'killApiServer' || deed.do === 'freeze' || deed.do === 'tamper';
}

const WRITES: ReadonlySet<Verb> = new Set(['create', 'update', 'patch', 'delete']);
/** What is told of the work is not in its way. */
const TELLING: ReadonlySet<string> = new Set(['events', 'baselinereports', 'securitybaselines']);

/** Whether a fault can hold up a repair in a namespace. Reads of these kinds can; to write about it, later, cannot. */
function matters({ match, fault }: Rule, namespace: string): boolean {
  if (fault.type === 'reset' || fault.type === 'outage') return true;
  if ((match.resources ?? ['']).every((resource) => resource === 'events')) return false;
  return !isOnlyTelling(match) && (match.namespace ?? namespace) === namespace;
}

const isOnlyTelling = ({ resources, verbs }: Match): boolean =>
  (resources ?? ['']).every((resource) => TELLING.has(resource)) &&
  (verbs ?? ['get' as const]).every((v) => WRITES.has(v));

/**
 * The same with the time by which what failed is tried again. The delay before a try is doubled at each failure, and half
 * of it is random: it is at most twice the time since the first failure (src/operator/retries.ts, src/kube/backoff.ts).
 */
export const withBackoff = (intervals: readonly Interval[]): readonly Interval[] =>
  joined(
    joined(intervals).map(({ fromMs, untilMs }) => ({
      fromMs,
      untilMs: untilMs + BACKOFF_FACTOR * (untilMs - fromMs),
    })),
  );

const BACKOFF_FACTOR = 2;

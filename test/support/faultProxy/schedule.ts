import { seededRandom } from './random.ts';
import type { Fault, FaultType, Match, Schedule, ScheduledFault, Verb } from './types.ts';

export interface ScheduleOptions {
  /** When the last fault is lifted at the latest. */
  readonly lengthMs: number;
  /** How many faults. */
  readonly count: number;
  /** The longest one. Default: a third of the length. */
  readonly longestMs?: number;
  /** Plural names. Default: what the operator watches and writes. */
  readonly resources?: readonly string[];
  /** With these, some faults meet only what is written in one of them. */
  readonly namespaces?: readonly string[];
  /** Default: all types. */
  readonly types?: readonly FaultType[];
}

export const RESOURCES: readonly string[] = [
  'networkpolicies',
  'roles',
  'rolebindings',
  'namespaces',
  'securitybaselines',
  'baselinereports',
  'events',
];

const READS: readonly Verb[] = ['get', 'list', 'watch'];
const WRITES: readonly Verb[] = ['create', 'update', 'patch', 'delete'];
const SHORTEST_MS = 100;
const REFUSED_READS = [401, 403, 410, 429, 500, 503] as const;
const REFUSED_WRITES = [401, 403, 409, 429, 500, 503, 504] as const;

/** Random choices of one schedule, in a fixed order. */
interface Choice {
  of<const T>(options: readonly [T, ...T[]]): T;
  below(limit: number): number;
}

/** What each type of fault may look like, and which verbs it meets. */
const MADE: Readonly<
  Record<FaultType, (choose: Choice) => { readonly fault: Fault; readonly verbs?: readonly Verb[] }>
> = {
  refuse: (choose) => {
    const isWrite = choose.of([true, false]);
    const status = isWrite ? choose.of(REFUSED_WRITES) : choose.of(REFUSED_READS);
    return { verbs: isWrite ? WRITES : READS, fault: { type: 'refuse', status } };
  },
  errorEvent: (choose) => ({ fault: { type: 'errorEvent', status: choose.of([410, 429, 500]) } }),
  delay: (choose) => ({
    fault: { type: 'delay', ms: 10 + choose.below(500), before: choose.of(['request', 'answer']) },
  }),
  cut: (choose) => ({ fault: { type: 'cut', afterBytes: choose.below(choose.of([100, 2_000, 40_000])) } }),
  truncate: () => ({ fault: { type: 'truncate' } }),
  // One that stays dead is found by silence, which takes longer than any schedule.
  freeze: () => ({ fault: { type: 'freeze', after: 'thaw' } }),
  closeWatches: () => ({ fault: { type: 'closeWatches', everyMs: 200 } }),
  loseAnswer: () => ({ fault: { type: 'loseAnswer' }, verbs: WRITES }),
  replay: (choose) => ({ fault: { type: 'replay', versionsBack: 1 + choose.below(50) } }),
  reset: () => ({ fault: { type: 'reset' } }),
  outage: () => ({ fault: { type: 'outage' } }),
};

const TYPES = Object.keys(MADE) as readonly FaultType[];

/** A schedule of random faults: the same one for the same seed and options, in the order in which they begin. */
export function scheduleOf(seed: number, options: ScheduleOptions): Schedule {
  const random = seededRandom(seed);
  const choose: Choice = {
    below: (limit) => Math.floor(random() * limit),
    of: (from) => from[Math.floor(random() * from.length)] as (typeof from)[0],
  };
  return Array.from({ length: options.count }, () => scheduledFault(choose, options)).toSorted(
    (a, b) => a.atMs - b.atMs,
  );
}

function scheduledFault(choose: Choice, options: ScheduleOptions): ScheduledFault {
  const types = options.types ?? TYPES;
  const made = MADE[types[choose.below(types.length)] ?? 'reset'](choose);
  const longestMs = Math.min(options.longestMs ?? Math.ceil(options.lengthMs / 3), options.lengthMs);
  const forMs = Math.min(longestMs, SHORTEST_MS + choose.below(longestMs));
  return {
    atMs: choose.below(options.lengthMs - forMs + 1),
    forMs,
    match: matchOf(choose, options, made.verbs),
    fault: made.fault,
    share: choose.of([1, 1, 0.5, 0.2]),
  };
}

/** All resources, or one; everywhere, or what is written in one namespace. */
function matchOf(choose: Choice, options: ScheduleOptions, verbs: readonly Verb[] | undefined): Match {
  const resources = options.resources ?? RESOURCES;
  const resource = resources[choose.below(2 * resources.length)];
  const namespaces = verbs === WRITES ? (options.namespaces ?? []) : [];
  const namespace = namespaces[choose.below(3 * namespaces.length)];
  return {
    ...(verbs === undefined ? {} : { verbs }),
    ...(resource === undefined ? {} : { resources: [resource] }),
    ...(namespace === undefined ? {} : { namespace }),
  };
}

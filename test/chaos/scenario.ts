import { scheduleOf } from '../support/faultProxy.ts';
import type { Cast } from './cast.ts';
import { castOf } from './cast.ts';
import type { Choices } from './choices.ts';
import { choicesOf } from './choices.ts';
import { clientDeeds } from './clientDeeds.ts';
import type { Deed, Step, When, Whom } from './step.ts';

/** All that happens in one run, and when. Pure data: the seed makes it again. */
export interface Scenario {
  readonly seed: number;
  readonly cast: Cast;
  /** With more than one, they elect a leader. */
  readonly replicas: 1 | 2;
  /** Everything is as it should be when it begins; else the operator starts into it. */
  readonly converged: boolean;
  readonly lengthMs: number;
  readonly steps: readonly Step[];
}

const LENGTH_MS = 10_000;
/** Longer ones hide what follows them. */
const LONGEST_FAULT_MS = 3_000;

/** The scenario of a seed. */
export function scenarioOf(seed: number): Scenario {
  const choose = choicesOf(seed);
  const cast = castOf(seed, choose);
  const replicas = choose.of<1 | 2>([1, 2]);
  const converged = choose.chance(0.6);
  const client = clientDeeds(cast, choose);
  const times = Array.from({ length: choose.between(24, 36) }, () => choose.below(LENGTH_MS));
  const steps = [
    ...times.toSorted((a, b) => a - b).map((atMs) => ({ atMs, deed: client() })),
    ...operatorSteps(choose),
    ...apiServerSteps(choose),
    ...faultSteps(seed, choose, cast),
  ];
  return { seed, cast, replicas, converged, lengthMs: LENGTH_MS, steps: steps.toSorted((a, b) => a.atMs - b.atMs) };
}

const stepAnywhere = (choose: Choices, deed: Deed): Step => ({ atMs: choose.below(LENGTH_MS), deed });

function operatorSteps(choose: Choices): readonly Step[] {
  return Array.from({ length: choose.between(1, 3) }, () => {
    const whom = choose.of<Whom>(['leader', 'leader', 'leader', 'standby']);
    const downMs = choose.of([0, 200, 1_500]);
    const deeds: readonly [Deed, ...Deed[]] = [
      { do: 'kill', whom, when: choose.of<When>(['now', 'nextWrite']), downMs },
      { do: 'kill', whom, when: 'nextWrite', downMs },
      { do: 'terminate', whom, downMs },
      { do: 'freeze', whom, forMs: choose.of([300, 1_000, 4_000]) },
    ];
    return stepAnywhere(choose, choose.of(deeds));
  });
}

function apiServerSteps(choose: Choices): readonly Step[] {
  if (!choose.chance(0.4)) return [];
  const deed: Deed = {
    do: 'killApiServer',
    when: choose.of<When>(['now', 'nextWrite']),
    downMs: choose.of([0, 500, 2_000]),
  };
  return [stepAnywhere(choose, deed)];
}

const faultSteps = (seed: number, choose: Choices, { namespaces }: Cast): readonly Step[] =>
  scheduleOf(seed, {
    lengthMs: LENGTH_MS,
    count: choose.between(1, 5),
    longestMs: LONGEST_FAULT_MS,
    namespaces: Object.keys(namespaces),
  }).map(({ atMs, forMs, ...rule }) => ({ atMs, deed: { do: 'fault', rule, forMs } }));

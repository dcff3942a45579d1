import type { Observation, Violation } from './observation.ts';
import { closedViolations } from './rules/closed.ts';
import type { OpenDoor } from './rules/doors.ts';
import { doorsOf } from './rules/doors.ts';
import { finalizerViolations } from './rules/finalizers.ts';
import { leaderViolations } from './rules/leaders.ts';
import { judgeAll, plannedViolations } from './rules/planned.ts';
import { processViolations } from './rules/processes.ts';
import { quietViolations } from './rules/quiet.ts';
import { peakOf, rateViolations } from './rules/rate.ts';
import { toldViolations } from './rules/told.ts';
import { untouchedViolations } from './rules/untouched.ts';
import type { Snapshot } from './snapshot.ts';

export interface Verdict {
  readonly violations: readonly Violation[];
  /** Of the run, for people. */
  readonly doors: readonly OpenDoor[];
  readonly peakPerSecond: number;
}

/** Whether a cluster is as it should be, and said to be so. */
export const isRight = (snapshot: Snapshot): boolean => stateViolations(snapshot).length === 0;

/** What is wrong in a cluster that had time to become right. */
export function stateViolations(snapshot: Snapshot): readonly Violation[] {
  const judged = judgeAll(snapshot);
  return [
    ...closedViolations(snapshot),
    ...plannedViolations(judged, snapshot),
    ...toldViolations(judged, snapshot),
    ...finalizerViolations(snapshot),
  ];
}

/** What is wrong with a run; first what is worst. */
export function verdictOf(observation: Observation): Verdict {
  const { doors, violations } = doorsOf(observation);
  return {
    violations: [
      ...violations,
      ...stateViolations(observation.final),
      ...untouchedViolations(observation),
      ...processViolations(observation),
      ...quietViolations(observation),
      ...(observation.scenario.replicas > 1 ? leaderViolations(observation) : []),
      ...rateViolations(observation),
    ],
    doors,
    peakPerSecond: peakOf(observation),
  };
}

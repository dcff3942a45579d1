import type { Baseline } from '../../core/govern/baseline.ts';
import type { Governance } from '../../core/govern/governance.ts';
import type { BaselineOutcome, Outcome } from '../../core/outcome/outcome.ts';
import type { RolloutProgress, Trouble } from '../../core/outcome/rolloutProgress.ts';
import { doneCount, step, totalCount } from '../../core/rollout/rollout.ts';
import type { Waits } from '../../core/rollout/stage.ts';
import { knownFindings } from '../../core/rollout/trouble.ts';
import { keptVersions } from '../../core/rollout/versions.ts';
import type { Clock } from '../clock.ts';
import type { Running } from './running.ts';
import { beginStopped, beginWaiting, endWaiting, isOf, judge, leave, newRunning, takeNext } from './running.ts';

/** What a roll-out has to tell. */
export type RolloutTurn =
  | {
      readonly turn: 'stopped';
      readonly baseline: string;
      readonly done: number;
      readonly total: number;
      readonly trouble: Trouble;
    }
  | { readonly turn: 'finished'; readonly baseline: string; readonly total: number };

/** Brings edits and take-overs to namespaces in batches. What it knows of a namespace goes with its batch. */
export interface Rollouts {
  /** For what a namespace waits now; empty: for nothing. */
  waits(namespace: string, by: readonly Waits[]): void;
  /** These are the baselines that there are: a roll-out of another version is over. */
  keepOnly(baselines: readonly Baseline[]): void;
  /** What was found and done in a namespace. */
  outcome(outcome: Outcome): void;
  /** The namespace is gone. */
  gone(namespace: string): void;
  /** Undefined: nothing is being rolled out. */
  progress(baseline: string): RolloutProgress | undefined;
}

export interface RolloutsOptions {
  readonly clock: Pick<Clock, 'nowMs' | 'after'>;
  /** Brings a namespace to the baseline with this uid; false: nothing follows from it. */
  readonly letThrough: (namespace: string, uid: string) => boolean;
  /** Who governs a namespace now: a look that began before its turn came says nothing of it. */
  readonly governance: (namespace: string) => Governance | undefined;
  /** What was last found in a namespace. */
  readonly found: (namespace: string) => readonly BaselineOutcome[];
  /** The namespace that stopped the roll-out of a baseline under a process before this one, if nobody looked there since. */
  readonly stoppedBy: (baseline: string) => string | undefined;
  /** The progress of a baseline is another one. */
  readonly onProgress: (baseline: string) => void;
  readonly onTurn: (turn: RolloutTurn) => void;
}

export function createRollouts(options: RolloutsOptions): Rollouts {
  /** By the uid of the baseline. */
  const running = new Map<string, Running>();
  const isOn = (one: Running): boolean => running.get(one.baseline.uid) === one;
  /** Once for all that happens in a turn: an edit tells of ten thousand namespaces, one by one. */
  const later = (one: Running, delayMs = 0): void => {
    one.cancel();
    one.cancel = options.clock.after(delayMs, () => {
      if (isOn(one) && go(one, options, later)) end(one);
    });
  };
  const end = (one: Running): void => {
    one.cancel();
    running.delete(one.baseline.uid);
    options.onProgress(one.baseline.name);
  };
  const of = (baseline: Baseline): Running => {
    const known = running.get(baseline.uid);
    if (known !== undefined && isOf(known, baseline)) return known;
    known?.cancel();
    const one = newRunning(baseline);
    running.set(baseline.uid, one);
    const stoppedBy = options.stoppedBy(baseline.name);
    if (stoppedBy !== undefined) beginStopped(one, stoppedBy);
    return one;
  };
  const laterWhere = (isConcerned: (one: Running) => boolean): void => {
    for (const one of running.values()) if (isConcerned(one)) later(one);
  };

  return {
    waits: (namespace, by) => {
      laterWhere((one) => !by.some(({ baseline }) => isOf(one, baseline)) && endWaiting(one, namespace));
      for (const { baseline, at } of by) {
        const one = of(baseline);
        if (beginWaiting(one, namespace, at)) later(one);
      }
    },
    keepOnly: (baselines) => {
      for (const one of [...running.values()]) if (!baselines.some((baseline) => isOf(one, baseline))) end(one);
    },
    outcome: (outcome) => {
      if (outcome.governance === options.governance(outcome.namespace)) laterWhere((one) => judge(one, outcome));
    },
    gone: (namespace) => laterWhere((one) => endWaiting(one, namespace) || leave(one, namespace)),
    progress: (name) => {
      const one = [...running.values()].find(({ baseline }) => baseline.name === name);
      return one === undefined ? undefined : progressOf(one);
    },
  };
}

const progressOf = ({ state, troubles, from }: Running): RolloutProgress => ({
  done: doneCount(state),
  total: totalCount(state),
  waiting: state.waiting,
  stopped: state.waiting === 0 ? undefined : troubles.values().next().value,
  from: keptVersions([...from.values()]),
});

/** One step; true when the roll-out is finished. */
function go(one: Running, options: RolloutsOptions, later: (one: Running, delayMs: number) => void): boolean {
  const nowMs = options.clock.nowMs();
  // It may be gone, or governed by nobody: then nothing will be said of it.
  const { stoppedBy } = one;
  one.stoppedBy = undefined;
  if (stoppedBy !== undefined && options.governance(stoppedBy) === undefined) leave(one, stoppedBy);
  else if (stoppedBy !== undefined) options.letThrough(stoppedBy, one.baseline.uid);
  const next = step(one.state, nowMs);
  one.state = next.rollout;
  if (next.phase === 'finished') {
    const { total } = progressOf(one);
    if (total > 0) options.onTurn({ turn: 'finished', baseline: one.baseline.name, total });
    return true;
  }
  tell(one, options);
  if (next.anew) one.batch.clear();
  for (const namespace of takeNext(one, next.letThrough, (name) => knownFindings(options.found(name)))) {
    // Nothing follows where it would not be governed otherwise: nobody will say anything of it.
    if (!options.letThrough(namespace, one.baseline.uid) && leave(one, namespace)) later(one, 0);
  }
  if (next.wakeAtMs !== undefined) later(one, Math.max(0, next.wakeAtMs - nowMs));
  options.onProgress(one.baseline.name);
  return false;
}

/** It stops once for each reason, and says so once. */
function tell(one: Running, { onTurn }: RolloutsOptions): void {
  const before = one.stopped;
  const { stopped: trouble, done, total } = progressOf(one);
  if (trouble === undefined && one.state.batch.troubled > 0) return;
  one.stopped = trouble;
  if (trouble === undefined) return;
  if (trouble.namespace === before?.namespace && (trouble.reason === before.reason || before.reason === '')) return;
  onTurn({ turn: 'stopped', baseline: one.baseline.name, done, total, trouble });
}

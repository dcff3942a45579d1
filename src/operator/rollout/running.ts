import type { Baseline } from '../../core/govern/baseline.ts';
import type { Outcome } from '../../core/outcome/outcome.ts';
import type { Trouble } from '../../core/outcome/rolloutProgress.ts';
import type { Rollout, Standing } from '../../core/rollout/rollout.ts';
import { moved, newRollout, withWaiting } from '../../core/rollout/rollout.ts';
import { troubleOf } from '../../core/rollout/trouble.ts';

/** A namespace that was let through. */
interface Member {
  readonly standing: Standing;
  /** The findings that it had before its turn. */
  readonly before: ReadonlySet<string>;
  /** How many races in a row a write there has lost; absent: none. */
  readonly races?: number;
}

/** Two who write at once are no trouble. This often in a row, somebody wants to know who holds up all the others. */
const TROUBLED_AFTER_RACES = 3;

/** The roll-out of one version of one baseline, with the names behind the counts. */
export interface Running {
  readonly baseline: Baseline;
  state: Rollout;
  /** In the order in which they began to wait. */
  readonly waiting: Set<string>;
  readonly batch: Map<string, Member>;
  readonly troubles: Map<string, Trouble>;
  /** The versions at which namespaces began to wait, by generation. */
  readonly from: Map<number, Baseline>;
  /** What stopped it under a process before this one, and was not looked at yet. */
  stoppedBy: string | undefined;
  /** What was last told. */
  stopped: Trouble | undefined;
  /** Takes back the next step. */
  cancel: () => void;
}

export const newRunning = (baseline: Baseline): Running => ({
  baseline,
  state: newRollout(baseline.spec.rollout ?? ONE_AT_A_TIME),
  waiting: new Set(),
  batch: new Map(),
  troubles: new Map(),
  from: new Map(),
  stoppedBy: undefined,
  stopped: undefined,
  cancel: () => {},
});

/** A baseline that lost its terms rolls nothing out; should one come here, it goes the slowest way. */
const ONE_AT_A_TIME = { batch: 1, pause: '24h' } as const;

export const isOf = ({ baseline }: Running, { uid, generation }: Baseline): boolean =>
  baseline.uid === uid && baseline.generation === generation;

/** What stopped it under a process before this one does so until it was looked at; it was told then. */
export function beginStopped(one: Running, namespace: string): void {
  one.stoppedBy = namespace;
  one.stopped = { namespace, reason: '', message: '' };
  one.batch.set(namespace, { standing: 'troubled', before: NONE });
  one.state = moved(one.state, undefined, 'troubled');
}

const NONE: ReadonlySet<string> = new Set();

/** True when it did not wait before. `at`: the version at which it waits. */
export function beginWaiting(one: Running, namespace: string, at: Baseline | undefined): boolean {
  if (at?.uid === one.baseline.uid) one.from.set(at.generation, at);
  // Its report was not written any more: it has its turn first (see rollouts `go`), and still stops the others.
  if (one.waiting.has(namespace) || namespace === one.stoppedBy) return false;
  // It went to another baseline meanwhile, and comes again.
  leave(one, namespace);
  one.waiting.add(namespace);
  one.state = withWaiting(one.state, 1);
  return true;
}

/** True when it had waited. */
export function endWaiting(one: Running, namespace: string): boolean {
  if (!one.waiting.delete(namespace)) return false;
  one.state = withWaiting(one.state, -1);
  return true;
}

/** Takes the next that wait into the batch, whose counts have them already (core/rollout `step`). */
export function takeNext(
  one: Running,
  count: number,
  before: (namespace: string) => Member['before'],
): readonly string[] {
  const names: string[] = [];
  for (const namespace of one.waiting) {
    if (names.length === count) break;
    names.push(namespace);
  }
  for (const namespace of names) {
    one.waiting.delete(namespace);
    one.batch.set(namespace, { standing: 'open', before: before(namespace) });
  }
  return names;
}

/** True when it was one of the batch. */
export function leave(one: Running, namespace: string): boolean {
  const member = one.batch.get(namespace);
  if (member === undefined) return false;
  one.state = moved(one.state, member.standing, undefined);
  one.batch.delete(namespace);
  one.troubles.delete(namespace);
  return true;
}

/** What a look at a namespace says of its turn; true when that is news. */
export function judge(one: Running, { namespace, baselines, results }: Outcome): boolean {
  const member = one.batch.get(namespace);
  const part = baselines.find(({ uid }) => uid === one.baseline.uid);
  if (member === undefined) return false;
  if (part !== undefined && part.generation !== one.baseline.generation) return false;
  const races = part?.failure?.retry === 'soon' ? (member.races ?? 0) + 1 : 0;
  if (races > 0 && races < TROUBLED_AFTER_RACES) {
    // It is run again at once.
    one.batch.set(namespace, { ...member, races });
    return false;
  }
  const trouble = part === undefined ? undefined : troubleOf(namespace, part, member.before);
  const standing = trouble === undefined ? rightOf(member, results.length > 0) : 'troubled';
  const isNews = standing !== member.standing || trouble?.reason !== one.troubles.get(namespace)?.reason;
  one.state = moved(one.state, member.standing, standing);
  one.batch.set(namespace, { ...member, standing, races });
  if (trouble === undefined) one.troubles.delete(namespace);
  else one.troubles.set(namespace, trouble);
  return isNews;
}

/** It takes a place of the batch once something was written there. */
const rightOf = ({ standing }: Member, wrote: boolean): Standing =>
  wrote || standing === 'changed' || standing === 'troubled' ? 'changed' : 'unchanged';

import type { KubeObject } from '../k8s/object.ts';
import { compareVersions } from '../k8s/resourceVersion.ts';
import type { Sighting } from './candidacy.ts';
import { heldRecord, NEVER_SEEN, releasedRecord, sighted, stepOf } from './candidacy.ts';
import { isConflict, isNotFound, KubeError } from './errors.ts';
import type { Moment } from './fence.ts';
import { elapsedMs } from './fence.ts';
import type { LeaseLock } from './leaseLock.ts';
import { leaseOf, leaseTime, readLease } from './leaseRecord.ts';
import type { LeaseTimes } from './leaseTimes.ts';

/** Stands for election over one Lease until it leads, then holds the Lease until it loses it or is stopped. */
export interface Elector {
  start(): void;
  /**
   * Whether this process leads, by its clocks alone: it renewed the Lease less than the renew deadline ago. Asked before
   * each write; no timer has to have run for it to turn false.
   */
  leads(): boolean;
  /** Takes in what a watch tells of the Lease; undefined: it was deleted. */
  hear(lease: KubeObject | undefined): void;
  /** Stands no more; a Lease that is held is given up, so that another takes over at once. At most a second. */
  stop(): Promise<void>;
}

export interface ElectorClock {
  /** Monotonic. */
  nowMs(): number;
  wallMs(): number;
  /** In [0, 1). */
  random(): number;
  /** Runs once, later; the answer cancels it. */
  after(delayMs: number, run: () => void): () => void;
}

export interface ElectorOptions {
  /** Of this process, and of no other ever: a process that was started anew does not know what the one before it did. */
  readonly identity: string;
  readonly times: LeaseTimes;
  readonly clock: ElectorClock;
  /** Called once. */
  readonly onElected: () => void;
  /** Called once, after `onElected`, in the turn in which it turns out. It is final: nothing is tried any more. */
  readonly onLost: (why: string) => void;
  /** Another holder was seen; `''` is nobody. */
  readonly onHolder: (holder: string) => void;
  /** A look at the Lease failed; the next comes by itself. Two candidates that meet are no failure. */
  readonly onFailure: (error: unknown) => void;
}

interface State {
  readonly lock: LeaseLock;
  readonly options: ElectorOptions;
  readonly aborts: AbortController;
  phase: 'idle' | 'standby' | 'leading' | 'stopping' | 'over';
  sighting: Sighting;
  /** When the write was sent by which the Lease is ours: what the others saw of it, they saw later. */
  renewed: Moment | undefined;
  looking: Promise<void> | undefined;
  lookedMs: number;
  /** It heard something while it looked. */
  again: boolean;
  cancelLook: () => void;
  cancelDeadline: () => void;
}

/** However often the Lease changes, it is not read more often than this. */
const MIN_APART_MS = 100;
const RELEASE_WITHIN_MS = 1_000;

export function createElector(lock: LeaseLock, options: ElectorOptions): Elector {
  const e: State = {
    lock,
    options,
    aborts: new AbortController(),
    phase: 'idle',
    sighting: NEVER_SEEN,
    renewed: undefined,
    looking: undefined,
    lookedMs: Number.NEGATIVE_INFINITY,
    again: false,
    cancelLook: () => {},
    cancelDeadline: () => {},
  };
  return {
    start: () => {
      if (e.phase !== 'idle') return;
      e.phase = 'standby';
      look(e);
    },
    leads: () => leads(e),
    hear: (lease) => hear(e, lease),
    stop: () => stop(e),
  };
}

/**
 * A leader looks at once when another seems to hold the Lease. For the others a renewal counts from when they hear of it,
 * and one that is free is taken at once.
 */
function hear(e: State, lease: KubeObject | undefined): void {
  const { identity, times, clock } = e.options;
  if (!isStanding(e)) return;
  if (e.phase === 'leading') {
    if (lease === undefined || readLease(lease, times.durationMs).holder !== identity) lookNow(e);
    return;
  }
  const known = e.sighting.lease?.metadata.resourceVersion ?? '';
  if (lease !== undefined && compareVersions(lease.metadata.resourceVersion ?? '', known) > 0) see(e, lease);
  if (lease === undefined || stepOf(e.sighting, identity, false, clock.nowMs()).step !== 'wait') lookNow(e);
}

function lookNow(e: State): void {
  e.again = true;
  if (e.looking === undefined) lookIn(e, 0);
}

function look(e: State): void {
  // After a pause of the whole process this timer may run before that of the deadline.
  checkDeadline(e);
  if (!isStanding(e)) return;
  e.again = false;
  e.lookedMs = e.options.clock.nowMs();
  e.looking = tryToHold(e)
    .catch((error: unknown) => waitAfter(e, error))
    .then((waitMs) => {
      e.looking = undefined;
      lookIn(e, waitMs);
    });
}

function lookIn(e: State, waitMs: number): void {
  if (!isStanding(e)) return;
  const { clock } = e.options;
  const apartMs = Math.max(0, e.lookedMs + MIN_APART_MS - clock.nowMs());
  e.cancelLook();
  e.cancelLook = clock.after(Math.max(apartMs, e.again ? 0 : waitMs), () => look(e));
}

/** Answers how long to wait before the next look. */
async function tryToHold(e: State): Promise<number> {
  const { identity, times, clock } = e.options;
  if (e.phase === 'leading' && (await renewUnread(e))) return times.retryMs;
  see(e, await e.lock.read(e.aborts.signal));
  const next = stepOf(e.sighting, identity, leads(e), clock.nowMs());
  if (next.step === 'wait') {
    if (e.phase === 'leading') {
      lose(e, next.holder === identity ? 'somebody deleted the Lease' : `${next.holder} holds the Lease`);
    }
    return Math.min(next.untilMs - clock.nowMs(), jittered(e));
  }
  await hold(e);
  return times.retryMs;
}

/** A leader knows the Lease as it wrote it: one request instead of two. False when somebody else wrote since. */
async function renewUnread(e: State): Promise<boolean> {
  try {
    await hold(e);
    return true;
  } catch (error) {
    if (isConflict(error) || isNotFound(error)) return false;
    throw error;
  }
}

async function hold(e: State): Promise<void> {
  const { identity, times, clock } = e.options;
  const { lease } = e.sighting;
  const sent = nowOf(clock);
  const record = heldRecord(e.sighting, identity, times.durationMs, leaseTime(sent.wallMs));
  const wanted = leaseOf(e.lock, record, lease);
  const signal = e.aborts.signal;
  const answer = await (lease === undefined ? e.lock.create(wanted, signal) : e.lock.update(wanted, signal));
  if (e.phase === 'over') return;
  see(e, answer);
  e.renewed = sent;
  if (e.phase === 'leading') checkDeadline(e);
  // An answer that was long on its way elects nobody: the next look renews.
  if (e.phase !== 'standby' || isOverdue(e)) return;
  e.phase = 'leading';
  checkDeadline(e);
  e.options.onElected();
}

function see(e: State, lease: Sighting['lease']): void {
  const { times, clock, onHolder } = e.options;
  const before = e.sighting.record?.holder;
  e.sighting = sighted(e.sighting, lease, times.durationMs, clock.nowMs());
  const holder = e.sighting.record?.holder;
  if (holder !== undefined && holder !== before) onHolder(holder);
}

const isStanding = ({ phase }: State): boolean => phase === 'standby' || phase === 'leading';

const leads = (e: State): boolean => e.phase === 'leading' && !isOverdue(e);

const isOverdue = (e: State): boolean =>
  e.renewed === undefined || elapsedMs(e.renewed, nowOf(e.options.clock)) >= e.options.times.renewDeadlineMs;

/**
 * Loses what was not renewed in time, else looks again then. By the monotonic clock: when only the other one jumped,
 * nothing is written until the next renewal, which comes within the retry period.
 */
function checkDeadline(e: State): void {
  const { times, clock } = e.options;
  if (e.phase !== 'leading' || e.renewed === undefined) return;
  const leftMs = e.renewed.monotonicMs + times.renewDeadlineMs - clock.nowMs();
  e.cancelDeadline();
  if (leftMs <= 0) lose(e, `it was not renewed for ${times.renewDeadlineMs} ms`);
  else e.cancelDeadline = clock.after(Math.ceil(leftMs), () => checkDeadline(e));
}

function lose(e: State, why: string): void {
  end(e);
  e.options.onLost(why);
}

function end(e: State): void {
  e.phase = 'over';
  e.renewed = undefined;
  e.cancelLook();
  e.cancelDeadline();
  e.aborts.abort(new Error('the election is over'));
}

async function stop(e: State): Promise<void> {
  if (e.phase === 'over') return;
  e.phase = 'stopping';
  e.cancelLook();
  e.cancelDeadline();
  const cancelLimit = e.options.clock.after(RELEASE_WITHIN_MS, () => e.aborts.abort(new Error('stopped')));
  // It may be about to be elected: then there is something to give up.
  await e.looking;
  await release(e).catch((error: unknown) => e.options.onFailure(error));
  cancelLimit();
  end(e);
}

/** The last renewal may have been stored without an answer: then the Lease is read, and given up as it is. */
async function release(e: State): Promise<void> {
  const { lock, options, aborts } = e;
  if (e.renewed === undefined) return;
  for (const isLast of [false, true]) {
    const { lease, record } = e.sighting;
    if (lease === undefined || record?.holder !== options.identity) return;
    const released = releasedRecord(record, leaseTime(options.clock.wallMs()));
    try {
      await lock.update(leaseOf(lock, released, lease), aborts.signal);
      return;
    } catch (error) {
      if (isLast || !isConflict(error)) throw error;
      see(e, await lock.read(aborts.signal));
    }
  }
}

function waitAfter(e: State, error: unknown): number {
  const answer = error instanceof KubeError ? error : undefined;
  if (e.phase !== 'over' && answer?.status !== 409) e.options.onFailure(error);
  return Math.max(answer?.retryAfterMs ?? 0, jittered(e));
}

/** The later half is random, so that candidates do not meet at every look. */
const jittered = (e: State): number => e.options.times.retryMs * (0.5 + e.options.clock.random() / 2);

const nowOf = (clock: ElectorClock): Moment => ({ monotonicMs: clock.nowMs(), wallMs: clock.wallMs() });

import type { KubeObject } from '../../src/k8s/object.ts';
import { KubeError, UnreachableError } from '../../src/kube/errors.ts';
import type { Elector, ElectorClock, ElectorOptions } from '../../src/kube/lease.ts';
import { createElector } from '../../src/kube/lease.ts';
import type { LeaseLock } from '../../src/kube/leaseLock.ts';
import type { LeaseTimes } from '../../src/kube/leaseTimes.ts';
import type { VirtualClock } from '../support/buildClock.ts';

/** client-go's. */
export const TIMES: LeaseTimes = { durationMs: 15_000, renewDeadlineMs: 10_000, retryMs: 2_000 };
export const PLACE = { namespace: 'drawbridge-system', name: 'drawbridge' };
const TIMEOUT_MS = 5_000;

/** How one request fares: how long it is on its way, and whether it, or only its answer, is lost. */
export interface Fate {
  readonly thereMs: number;
  readonly backMs: number;
  readonly lost?: 'request' | 'answer';
  /** What the server answers instead. */
  readonly refused?: KubeError;
}

export type Verb = 'read' | 'create' | 'update';

const SWIFT: Fate = { thereMs: 5, backMs: 5 };

/** One Lease on a server in virtual time, as strict as the real one about versions. */
export interface LeaseServer {
  /** What the server holds; `edit` is somebody else's hand. */
  lease(): KubeObject | undefined;
  edit(change: (spec: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>): void;
  delete(): void;
  /** `who verb`, in the order in which the server saw them. */
  readonly seen: string[];
  /** Hear of each change; undefined: it was deleted. */
  readonly watchers: Set<(lease: KubeObject | undefined) => void>;
  /** Decides how requests fare. */
  fate: (who: string, verb: Verb) => Fate;
  lock(who: string, settle?: (run: () => void) => void): LeaseLock;
}

export function createLeaseServer(clock: VirtualClock): LeaseServer {
  let stored: KubeObject | undefined;
  let version = 0;
  const seen: string[] = [];
  const watchers = new Set<(lease: KubeObject | undefined) => void>();
  const tell = (): void => {
    for (const watcher of watchers) watcher(stored);
  };
  const put = (lease: KubeObject): KubeObject => {
    version += 1;
    stored = { ...lease, metadata: { ...lease.metadata, resourceVersion: String(version) } };
    tell();
    return stored;
  };
  const refusal = (status: number, reason: string): KubeError =>
    new KubeError({ status, method: 'PUT', path: '/leases', body: { reason } });
  const handle = (verb: Verb, sent: KubeObject | undefined): KubeObject | undefined => {
    if (verb === 'read' || sent === undefined) return stored;
    if (verb === 'create') {
      if (stored !== undefined) throw refusal(409, 'AlreadyExists');
    } else if (stored === undefined) throw refusal(404, 'NotFound');
    else if (sent.metadata.resourceVersion !== stored.metadata.resourceVersion) throw refusal(409, 'Conflict');
    return put(sent);
  };
  const request = (
    who: string,
    verb: Verb,
    sent: KubeObject | undefined,
    signal: AbortSignal,
    settle: (run: () => void) => void,
  ): Promise<KubeObject | undefined> =>
    new Promise((resolve, reject) => {
      const fate = server.fate(who, verb);
      const fail = (error: unknown) => settle(() => reject(error));
      clock.after(TIMEOUT_MS, () => fail(new UnreachableError('TIMEOUT', 'PUT', '/leases')));
      signal.addEventListener('abort', () => fail(signal.reason), { once: true });
      if (fate.lost === 'request') return;
      // What has left arrives, whether the client still waits or not.
      clock.after(fate.thereMs, () => {
        seen.push(`${who} ${verb}`);
        try {
          if (fate.refused !== undefined) throw fate.refused;
          const answer = handle(verb, sent);
          if (fate.lost !== 'answer') clock.after(fate.backMs, () => settle(() => resolve(answer)));
        } catch (error) {
          if (fate.lost !== 'answer') clock.after(fate.backMs, () => fail(error));
        }
      });
    });
  const server: LeaseServer = {
    lease: () => stored,
    edit: (change) => {
      if (stored === undefined) throw new Error('no lease');
      put({ ...stored, spec: change((stored.spec ?? {}) as Readonly<Record<string, unknown>>) });
    },
    delete: () => {
      stored = undefined;
      tell();
    },
    seen,
    watchers,
    fate: () => SWIFT,
    lock: (who, settle = (run) => run()) => ({
      ...PLACE,
      read: (signal) => request(who, 'read', undefined, signal, settle),
      create: (lease, signal) => request(who, 'create', lease, signal, settle) as Promise<KubeObject>,
      update: (lease, signal) => request(who, 'update', lease, signal, settle) as Promise<KubeObject>,
    }),
  };
  return server;
}

export interface Candidate {
  readonly name: string;
  readonly elector: Elector;
  /** `elected`, `lost: why`, `holder: who`, `failed: what`, in order. */
  readonly told: string[];
  /** It was stopped, or lost the Lease. */
  hasEnded(): boolean;
  /** The process is frozen: its timers and answers wait, its clocks do not. */
  freeze(): void;
  thaw(): void;
  /** Sets its wall clock. */
  jump(ms: number): void;
  /** Its machine sleeps: by the monotonic clock no time passes. */
  sleepMonotonic(ms: number): void;
}

export interface CandidateOptions {
  readonly offsetMs?: number;
  readonly random?: number;
  readonly times?: LeaseTimes;
  /** How long a change takes to be heard of; absent: it watches nothing. */
  readonly watchDelayMs?: number | undefined;
}

/** A candidate with clocks of its own, which differ from everybody else's. */
export function createCandidate(
  clock: VirtualClock,
  server: LeaseServer,
  name: string,
  options: CandidateOptions = {},
): Candidate {
  const { offsetMs = 0, random = 0.5, times = TIMES, watchDelayMs } = options;
  let wallOffsetMs = 1_700_000_000_000 - offsetMs;
  let monotonicOffsetMs = offsetMs;
  let frozen: (() => void)[] | undefined;
  const run = (act: () => void): void => {
    if (frozen === undefined) act();
    else frozen.push(act);
  };
  const own: ElectorClock = {
    nowMs: () => clock.nowMs() + monotonicOffsetMs,
    wallMs: () => clock.nowMs() + wallOffsetMs,
    random: () => random,
    after: (delayMs, act) => {
      let cancelled = false;
      const cancel = clock.after(delayMs, () =>
        run(() => {
          if (!cancelled) act();
        }),
      );
      return () => {
        cancelled = true;
        cancel();
      };
    },
  };
  const told: string[] = [];
  const electorOptions: ElectorOptions = {
    identity: name,
    times,
    clock: own,
    onElected: () => void told.push('elected'),
    onLost: (why) => void told.push(`lost: ${why}`),
    onHolder: (holder) => void told.push(`holder: ${holder}`),
    onFailure: (error) => void told.push(`failed: ${error instanceof Error ? error.message : error}`),
  };
  let ended = false;
  const elector = createElector(server.lock(name, run), electorOptions);
  if (watchDelayMs !== undefined) {
    server.watchers.add((lease) => clock.after(watchDelayMs, () => run(() => elector.hear(lease))));
  }
  return {
    name,
    elector: {
      ...elector,
      stop: () => {
        ended = true;
        return elector.stop();
      },
    },
    told,
    hasEnded: () => ended || told.some((line) => line.startsWith('lost')),
    freeze: () => {
      frozen ??= [];
    },
    thaw: () => {
      const waiting = frozen ?? [];
      frozen = undefined;
      for (const act of waiting) act();
    },
    jump: (ms) => {
      wallOffsetMs += ms;
    },
    sleepMonotonic: (ms) => {
      monotonicOffsetMs -= ms;
    },
  };
}

export const holderOf = (server: LeaseServer): unknown =>
  (server.lease()?.spec as Readonly<Record<string, unknown>> | undefined)?.holderIdentity;

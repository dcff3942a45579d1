import { FIELD_MANAGER, LEASE_NAME } from '../api/names.ts';
import { quoteForeign } from '../core/model/finding.ts';
import type { ClusterAccess } from '../kube/config.ts';
import { fenced } from '../kube/fence.ts';
import type { Elector } from '../kube/lease.ts';
import { createElector } from '../kube/lease.ts';
import { createLeaseLock } from '../kube/leaseLock.ts';
import type { LeaseTimes } from '../kube/leaseTimes.ts';
import { leaseChanges } from '../kube/leaseWatch.ts';
import type { JsonTransport, ResponseNote } from '../kube/transport.ts';
import { createTransport } from '../kube/transport.ts';
import { systemClock } from './clock.ts';
import type { Logger } from './logger.ts';
import type { Metrics } from './metrics.ts';

/** Which of several replicas does the work. */
export interface Leadership {
  /** The same transport, which sends writes only while this process leads. */
  fenced(transport: JsonTransport): JsonTransport;
  /** Stands for election; resolves when this process leads, which may be never. */
  elected(): Promise<void>;
  /** Whether this process leads now. */
  leads(): boolean;
  /** Gives the Lease up, so that another replica takes over at once; at most a second. Nothing may be written after. */
  release(): Promise<void>;
}

/** Without an election: the only replica, or so the one who started it says. */
export const ALONE: Leadership = {
  fenced: (transport) => transport,
  elected: () => Promise.resolve(),
  leads: () => true,
  release: () => Promise.resolve(),
};

export interface ElectionOptions {
  /** Of this process, and of no other ever. */
  readonly identity: string;
  readonly times: LeaseTimes;
}

export interface LeadershipOptions extends ElectionOptions {
  readonly access: ClusterAccess;
  /** Where the Lease is: the operator's own. */
  readonly namespace: string;
  readonly userAgent: string;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly onResponse: (note: ResponseNote) => void;
  /** The Lease is lost for good: whatever is on its way has to be broken off in this turn. */
  readonly onLost: (why: string) => void;
}

/** Requests and the watch of the Lease; renewals must not wait behind ten thousand writes. */
const CONNECTIONS = 2;

/** Leadership by a coordination.k8s.io Lease, on connections of its own. */
export function createLeadership(options: LeadershipOptions): Leadership {
  const { access, namespace, userAgent, metrics, logger, identity, times, onResponse } = options;
  const transport = createTransport(access, { connections: CONNECTIONS, userAgent, onResponse });
  const place = { namespace, name: LEASE_NAME };
  // Half the deadline, as controller-runtime: one request that hangs leaves time for another.
  const lock = createLeaseLock(transport, {
    ...place,
    fieldManager: FIELD_MANAGER,
    timeoutMs: times.renewDeadlineMs / 2,
  });
  const master = (value: 0 | 1): void => metrics.set('leader_election_master_status', { name: LEASE_NAME }, value);
  const lease = `${namespace}/${LEASE_NAME}`;
  const failures = oncePerMessage((error) => logger.warn('the Lease cannot be had', { lease, error }));
  let resolve: () => void = () => {};
  const won = new Promise<void>((done) => {
    resolve = done;
  });
  const elector: Elector = createElector(lock, {
    identity,
    times,
    clock: { ...systemClock, wallMs: () => Date.now() },
    onElected: () => {
      failures.forget();
      master(1);
      logger.info('leading', { lease, identity });
      resolve();
    },
    onLost: (why) => {
      master(0);
      options.onLost(why);
    },
    onHolder: (holder) => {
      failures.forget();
      if (holder !== '' && holder !== identity)
        logger.info('standing by', { lease, identity, leader: quoteForeign(holder) });
    },
    onFailure: (error) => failures.tell(String(error)),
  });
  const changes = leaseChanges(transport, place);
  let stopWatch = (): void => {};
  master(0);
  return {
    fenced: (writes) => fenced(writes, elector.leads),
    elected: () => {
      elector.start();
      const subscription = changes.subscribe(elector.hear);
      stopWatch = () => subscription.unsubscribe();
      return won;
    },
    leads: elector.leads,
    release: async () => {
      stopWatch();
      await elector.stop();
      await transport.close();
      master(0);
    },
  };
}

/** An outage is told once, not at every look. */
function oncePerMessage(say: (message: string) => void) {
  let last: string | undefined;
  return {
    tell: (message: string): void => {
      if (message !== last) say(message);
      last = message;
    },
    forget: (): void => {
      last = undefined;
    },
  };
}

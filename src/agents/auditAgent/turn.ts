import type { KubeObject } from '../../k8s/object.ts';
import { isConflict } from '../../kube/errors.ts';
import type { Elector } from '../../kube/lease.ts';
import { createElector } from '../../kube/lease.ts';
import type { LeaseLock } from '../../kube/leaseLock.ts';
import type { LeaseTimes } from '../../kube/leaseTimes.ts';
import type { Clock } from '../../operator/clock.ts';
import type { Logger } from '../../operator/logger.ts';
import type { TurnRecord } from './turnRecord.ts';
import { afterTurn, leaseWith, readTurn } from './turnRecord.ts';

export interface TurnSight {
  readonly turn: 'mine' | 'not-mine' | 'unknown';
  readonly refusedElsewhere: ReadonlyMap<string, string>;
}

/** One node after the other: by a Lease, which tells who lives, and by a mark on it, which only its node takes off. */
export interface Turn {
  /** Never rejects. */
  look(): Promise<TurnSight>;
  /** Why this node has to wait; undefined when it has the turn. Rejects when the API server does not let it write. */
  take(signal: AbortSignal): Promise<string | undefined>;
  /** Renews the Lease from now on, as far as the API server answers. */
  keep(): void;
  /** Takes the mark off, tells of what was taken back, and gives up the Lease. Rejects when it cannot be written. */
  leave(refused: readonly string[], signal: AbortSignal): Promise<void>;
  /** Renews no more; the mark stays. */
  stop(): Promise<void>;
}

export interface TurnOptions {
  readonly lock: LeaseLock;
  readonly node: string;
  readonly times: LeaseTimes;
  readonly clock: Clock;
  readonly logger: Logger;
}

const ATTEMPTS = 5;

export function createTurn({ lock, node, times, clock, logger }: TurnOptions): Turn {
  let standing: { readonly elector: Elector; readonly elected: Promise<void>; isOver: boolean } | undefined;
  // The name of the node, which outlives this process: what the one before it did is in the state beside the policy.
  const stand = () => {
    if (standing !== undefined && !standing.isOver) return standing;
    let resolve = (): void => {};
    const elected = new Promise<void>((done) => {
      resolve = done;
    });
    const elector = createElector(lock, {
      identity: node,
      times,
      clock: { ...clock, wallMs: () => Date.now() },
      onElected: () => resolve(),
      onLost: (why) => {
        mine.isOver = true;
        logger.warn('the Lease was lost; the mark on it keeps the others out', { why });
      },
      onHolder: () => {},
      onFailure: (error) => logger.debug('the Lease cannot be had', { error: String(error) }),
    });
    const mine = { elector, elected, isOver: false };
    standing = mine;
    elector.start();
    return mine;
  };
  const stop = async (): Promise<void> => {
    const ending = standing;
    standing = undefined;
    await ending?.elector.stop();
  };
  const change = async (to: (record: TurnRecord) => TurnRecord, signal: AbortSignal): Promise<void> => {
    for (let attempt = 1; ; attempt += 1) {
      const lease = await lock.read(signal);
      if (lease === undefined) return;
      try {
        await lock.update(leaseWith(lease, to(readTurn(lease))), signal);
        return;
      } catch (error) {
        // A renewal came in between, ours or another's.
        if (attempt === ATTEMPTS || !isConflict(error)) throw error;
      }
    }
  };
  return {
    look: async () => {
      try {
        return sightOf(await lock.read(AbortSignal.timeout(times.renewDeadlineMs)), node);
      } catch {
        return UNKNOWN;
      }
    },
    take: async (signal) => {
      const { elector, elected } = stand();
      await Promise.race([elected, waited(times.retryMs * 2, clock)]);
      if (!elector.leads()) return 'another node holds the Lease, or it cannot be written';
      let holder = '';
      await change((record) => {
        holder = record.node;
        return { ...record, node: record.node === '' ? node : record.node };
      }, signal);
      // Read again: a Lease that somebody deleted in between has no mark.
      const { turn } = sightOf(await lock.read(signal), node);
      if (turn === 'mine') return undefined;
      await stop();
      return holder === '' ? 'the Lease was changed' : `node ${holder} has not ended its roll-out`;
    },
    keep: () => void stand(),
    leave: async (refused, signal) => {
      await change((record) => afterTurn(record, node, refused), signal);
      await stop();
    },
    stop,
  };
}

const UNKNOWN: TurnSight = { turn: 'unknown', refusedElsewhere: new Map() };

function sightOf(lease: KubeObject | undefined, node: string): TurnSight {
  const { node: holder, refused } = readTurn(lease);
  if (refused === 'spoilt') return UNKNOWN;
  const elsewhere = refused.filter((one) => one.node !== node);
  return {
    turn: holder === node ? 'mine' : 'not-mine',
    refusedElsewhere: new Map(
      elsewhere.map(({ sha256, node: where }) => [sha256, `it had to be taken back on node ${where}`] as const),
    ),
  };
}

const waited = (ms: number, clock: Clock): Promise<void> =>
  new Promise((resolve) => {
    clock.after(ms, resolve);
  });

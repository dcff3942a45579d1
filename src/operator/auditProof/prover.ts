import type { EventUser } from '../../audit/event.ts';
import type { EndpointProof } from '../../audit/proof/judge.ts';
import { judge } from '../../audit/proof/judge.ts';
import type { Probe } from '../../audit/proof/probes.ts';
import { probesOf } from '../../audit/proof/probes.ts';
import type { ProofVerdict, Unsent } from '../../audit/proof/verdict.ts';
import {
  NO_RECEIVER,
  NOT_PUBLISHED,
  noEndpoints,
  PROBING,
  receiverSilent,
  verdictOf,
} from '../../audit/proof/verdict.ts';
import { errorMessage } from '../../k8s/errorMessage.ts';
import type { Clock } from '../clock.ts';
import type { PublishedPolicy } from '../controllers/auditPolicy.ts';
import type { Evidence } from '../evidence/evidence.ts';
import { PROBE_ID_PREFIX } from '../evidence/evidence.ts';
import type { Work, WorkResult } from '../queue.ts';

/** What a proof asks of the world. */
export interface ProofPorts {
  /** Undefined: no receiver is connected. */
  readonly evidence: Evidence | undefined;
  /** The API servers, `https://host:port`. */
  readonly servers: (signal: AbortSignal) => Promise<readonly string[]>;
  readonly send: (server: string, probe: Probe, signal: AbortSignal) => Promise<void>;
  readonly whoAmI: (signal: AbortSignal) => Promise<EventUser>;
  readonly newId: () => string;
  readonly times: ProofTimes;
}

export interface ProofTimes {
  /** Between two rounds of probes. */
  readonly intervalMs: number;
  /** How long an event may take: batches of a webhook wait up to 30 s (--audit-webhook-batch-max-wait). */
  readonly timeoutMs: number;
}

export interface ProverOptions {
  readonly clock: Clock;
  readonly namespace: string;
  readonly ports: ProofPorts;
  readonly published: () => PublishedPolicy | undefined;
  readonly onVerdict: (verdict: ProofVerdict) => void;
}

/** A round of probes that was sent. */
interface Round {
  readonly published: PublishedPolicy;
  readonly user: EventUser;
  readonly probes: ReadonlyMap<string, readonly Probe[]>;
  readonly unsent: ReadonlyMap<string, Unsent>;
  readonly sentAtMs: number;
}

const LOOK_AGAIN_MS = 500;
/** Looks become rarer: the next one is after so large a part of what was waited for. */
const LOOK_PART = 0.2;

/**
 * Proves by probes whether each API server records what the published policy says. One turn of its key sends a round, or
 * looks whether its events have come; no turn waits for them.
 */
export function createProver(options: ProverOptions): (work: Work) => Promise<WorkResult> {
  const { clock, ports, onVerdict } = options;
  let round: Round | undefined;
  let proved: { readonly mark: string; readonly nextMs: number } | undefined;

  const begin = async (published: PublishedPolicy, signal: AbortSignal): Promise<WorkResult> => {
    if (proved !== undefined && proved.mark !== published.mark) onVerdict(PROBING);
    const made = await sendRound(options, published, signal);
    if ('status' in made) return settle(published, made);
    round = made;
    return { result: 'done', againAtMs: clock.nowMs() + LOOK_AGAIN_MS };
  };
  const settle = (published: PublishedPolicy, verdict: ProofVerdict): WorkResult => {
    round = undefined;
    const nextMs = clock.nowMs() + ports.times.intervalMs;
    proved = { mark: published.mark, nextMs };
    onVerdict(verdict);
    return { result: 'done', againAtMs: nextMs };
  };

  return async ({ signal }) => {
    const published = options.published();
    if (published === undefined || ports.evidence === undefined) {
      onVerdict(published === undefined ? NOT_PUBLISHED : NO_RECEIVER);
      return { result: 'done' };
    }
    if (round !== undefined && round.published.mark === published.mark) {
      const waitedMs = clock.nowMs() - round.sentAtMs;
      const verdict = await lookAt(round, ports.evidence, waitedMs >= ports.times.timeoutMs);
      if (verdict !== undefined) return settle(published, verdict);
      return { result: 'done', againAtMs: clock.nowMs() + Math.max(LOOK_AGAIN_MS, waitedMs * LOOK_PART) };
    }
    if (proved?.mark === published.mark && clock.nowMs() < proved.nextMs) {
      return { result: 'done', againAtMs: proved.nextMs };
    }
    return begin(published, signal);
  };
}

/** A verdict where nothing could be sent at all. */
async function sendRound(
  { clock, namespace, ports }: ProverOptions,
  published: PublishedPolicy,
  signal: AbortSignal,
): Promise<Round | ProofVerdict> {
  let found: readonly [readonly string[], EventUser];
  try {
    found = await Promise.all([ports.servers(signal), ports.whoAmI(signal)]);
  } catch (error) {
    return noEndpoints(errorMessage(error));
  }
  const [servers, user] = found;
  const { mark, before } = published;
  const newId = () => `${PROBE_ID_PREFIX}${ports.newId()}`;
  const probes = new Map<string, readonly Probe[]>();
  const unsent = new Map<string, Unsent>();
  await Promise.all(
    servers.map(async (server) => {
      const plan = probesOf({ mark, before, namespace, newId });
      try {
        for (const probe of plan) await ports.send(server, probe, signal);
        probes.set(server, plan);
      } catch (error) {
        unsent.set(server, { result: 'unsent', why: errorMessage(error) });
      }
    }),
  );
  return { published, user, probes, unsent, sentAtMs: clock.nowMs() };
}

/**
 * Undefined: not yet. Until the round is over, an event may still be in a batch that was not sent, and a receiver that
 * does not answer may be starting again.
 */
async function lookAt(
  { published, user, probes, unsent }: Round,
  evidence: Evidence,
  isOver: boolean,
): Promise<ProofVerdict | undefined> {
  const proofs = new Map<string, EndpointProof | Unsent>(unsent);
  for (const [server, plan] of probes) {
    try {
      const requests = await evidence.requests(plan.map(({ auditId }) => auditId));
      const seen = new Map(requests.map(({ auditId, events }) => [auditId, events]));
      proofs.set(server, judge(published.policy, user, plan, { seen, isOver }));
    } catch (error) {
      return isOver ? receiverSilent(errorMessage(error)) : undefined;
    }
  }
  return verdictOf(proofs);
}

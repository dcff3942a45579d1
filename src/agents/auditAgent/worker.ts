import type { Clock } from '../../operator/clock.ts';
import type { Logger } from '../../operator/logger.ts';
import type { Disk } from './disk.ts';
import { isRefusal } from './judge.ts';
import type { LocalServer } from './localServer.ts';
import type { Observed, Proof, Step } from './nextStep.ts';
import { nextStep } from './nextStep.ts';
import type { NodeState } from './nodeState.ts';
import type { Publication } from './publication.ts';
import type { Turn } from './turn.ts';

/** What a node is made of, as the agent sees it. */
export interface WorkerParts {
  readonly disk: Disk;
  readonly server: LocalServer;
  readonly turn: Turn;
  readonly publication: Publication;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly readyMs: number;
  readonly proofMs: number;
  readonly proof: (signal: AbortSignal) => Promise<Proof>;
  /** Hears of each step before it is done. */
  readonly onStep: (told: Told) => void;
  readonly onChange: (before: NodeState, after: NodeState) => void;
}

export interface Told {
  readonly state: NodeState;
  readonly observed: Observed;
  readonly step: Step;
  /** Of the last roll-out that this process saw. */
  readonly proof: Proof;
}

/** `again`: there is more to do now; `soon`: something is under way; `rest`: until something changes. */
export type Pace = 'again' | 'soon' | 'rest';

/** Looks, decides, and does one thing. Rejects when that failed: it can be tried again. */
export type Worker = (signal: AbortSignal) => Promise<Pace>;

/** @throws when what the node remembers cannot be read */
export async function createWorker(parts: WorkerParts): Promise<Worker> {
  let state = await parts.disk.state();
  let minor: number | undefined;
  let asks = false;
  let proven: { readonly of: NodeState['trying']; readonly proof: Proof } | undefined;

  const observe = async (): Promise<Observed> => {
    const { disk, server, turn, publication, clock } = parts;
    const isTrying = state.trying !== undefined;
    const sight = await server.look(isTrying || asks);
    if (sight.isReady) minor = (await server.minor()) ?? minor;
    // Whoever is in the middle of it asks nobody: the API server may be the one that is down.
    if (isTrying) turn.keep();
    else await publication.refresh(minor);
    const current = publication.current();
    const now = clock.timestamp();
    return {
      now,
      nowMs: Date.parse(now),
      wanted: isRefusal(current) ? current : current.sha256,
      ...(await disk.look(minor)),
      server: sight,
      proof: proven !== undefined && proven.of === state.trying ? proven.proof : undefined,
      ...(isTrying ? { turn: 'unknown', refusedElsewhere: new Map() } : await turn.look()),
    };
  };

  return async (signal) => {
    const observed = await observe();
    const step = nextStep(state, observed, { readyMs: parts.readyMs });
    asks = step.step === 'ask' || (asks && step.step !== 'rest');
    parts.onStep({ state, observed, step, proof: proven?.proof ?? 'unknown' });
    if (step.step === 'remember') {
      await parts.disk.remember(step.state);
      const before = state;
      state = step.state;
      parts.onChange(before, state);
      return 'again';
    }
    if (step.step === 'prove') {
      proven = { of: state.trying, proof: await prove(parts, signal) };
      return 'again';
    }
    return step.step === 'ask' ? 'again' : act(step, parts, state, observed, signal);
  };
}

type Deed = Exclude<Step, { readonly step: 'remember' | 'prove' | 'ask' }>;

/** The only place that changes a node or takes the turn. */
async function act(
  step: Deed,
  { disk, turn, publication, logger }: WorkerParts,
  state: NodeState,
  observed: Observed,
  signal: AbortSignal,
): Promise<Pace> {
  switch (step.step) {
    case 'copy': {
      const current = publication.current();
      if (step.from === 'in-force') await disk.copyInForce(step.sha256);
      else if (!isRefusal(current)) await disk.copy(step.sha256, current.text);
      return 'again';
    }
    case 'takeTurn': {
      const why = await turn.take(signal);
      if (why !== undefined) logger.debug('waiting for the turn', { why });
      return why === undefined ? 'again' : 'soon';
    }
    case 'leaveTurn':
      await turn.leave(
        state.refused.map(({ sha256 }) => sha256),
        signal,
      );
      return 'soon';
    case 'putPolicy':
      await disk.putPolicy(step.sha256);
      return 'again';
    case 'annotate':
      await disk.annotate(step.mark);
      return 'again';
    case 'tidy':
      await disk.tidy(step.keep);
      return 'again';
    case 'await':
      return 'soon';
    case 'rest':
      await turn.stop();
      // The mark may still be this node's.
      return observed.turn === 'unknown' ? 'soon' : 'rest';
  }
}

/** Whoever does not answer in time, or fails, knows nothing. */
async function prove({ proof, proofMs, logger }: WorkerParts, signal: AbortSignal): Promise<Proof> {
  const limited = AbortSignal.any([signal, AbortSignal.timeout(proofMs)]);
  const late = new Promise<Proof>((resolve) => {
    limited.addEventListener('abort', () => resolve('unknown'), { once: true });
  });
  const asked = proof(limited).catch((error: unknown): Proof => {
    logger.warn('the proof failed', { error: String(error) });
    return 'unknown';
  });
  return Promise.race([asked, late]);
}

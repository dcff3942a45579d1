import type { NodeState, Trying } from './nodeState.ts';
import { withRefused } from './nodeState.ts';

/** What there is to see, at one moment. Policies are named by their SHA-256. */
export interface Observed {
  readonly nowMs: number;
  /** RFC 3339. */
  readonly now: string;
  /** The published policy, when it is one to be trusted; else why there is none. */
  readonly wanted: string | Refusal;
  /** The file that the server reads at its start. `unusable`: no plain file of this process's user. */
  readonly policy: string | 'absent' | 'unusable';
  /** Why that file is no policy to go back to; undefined: it is one. */
  readonly policyMistake: string | undefined;
  /** Copies beside the policy, of which each has the hash that its name says. */
  readonly copies: ReadonlySet<string>;
  readonly manifest: ManifestSight;
  readonly server: ServerSight;
  /** What a probe found out about the policy that is being tried, or nothing yet. */
  readonly proof: Proof | undefined;
  /** Whether this node has the turn. `unknown`: the API server does not say. */
  readonly turn: 'mine' | 'not-mine' | 'unknown';
  /** Policies that had to be taken back on other nodes, and where. */
  readonly refusedElsewhere: ReadonlyMap<string, string>;
}

export type Proof = 'effective' | 'not-effective' | 'unknown';

export interface Refusal {
  readonly reason: string;
  readonly message: string;
}

export type ManifestSight =
  | { readonly usable: true /** Of the annotation. */; readonly hash: string | undefined }
  | ({ readonly usable: false } & Refusal);

export interface ServerSight {
  /** Its /readyz says ok. */
  readonly isReady: boolean;
  /** When its process started, as it says itself: seconds since 1970. Undefined: it does not answer, or was not asked. */
  readonly process: number | undefined;
  readonly isAsked: boolean;
}

/** What to do next: one thing that is done whole or not at all, or nothing for now. */
export type Step =
  /** Saves the file in force, or the published policy, under its hash. */
  | { readonly step: 'copy'; readonly from: 'in-force' | 'published'; readonly sha256: string }
  | { readonly step: 'remember'; readonly state: NodeState }
  /** Asks the server when it started, from now on: that takes all of its metrics, so it is not asked at rest. */
  | { readonly step: 'ask' }
  | { readonly step: 'takeTurn'; readonly sha256: string }
  | { readonly step: 'leaveTurn' }
  /** Puts a copy in force for the next start of the server. */
  | { readonly step: 'putPolicy'; readonly sha256: string }
  /** Changes the manifest's annotation, so that kubelet restarts the server. */
  | { readonly step: 'annotate'; readonly mark: string }
  | { readonly step: 'prove' }
  /** Removes the copies that nothing goes back to. */
  | { readonly step: 'tidy'; readonly keep: string }
  /** Something is under way: look again soon. */
  | { readonly step: 'await'; readonly what: string }
  /** Nothing to do until something changes. */
  | { readonly step: 'rest'; readonly outcome: Refusal | 'in-force' };

export interface Deadlines {
  /** From the first write of a roll-out until the server works with it. */
  readonly readyMs: number;
}

/**
 * Decides. A roll-out saves what is in force, then goes: take the turn, write the policy, look which process serves,
 * change the manifest, wait for another process to be ready, prove. Each result is on disk before the next step, so that
 * whoever is killed in between goes on from there. Once begun it needs nobody: to finish or to undo, no API server is asked.
 */
export function nextStep(state: NodeState, observed: Observed, deadlines: Deadlines): Step {
  const { trying } = state;
  if (trying?.way === 'forward') return forward(state, trying, observed, deadlines);
  if (trying?.way === 'back') return back(state, trying, observed);
  const resting = atRest(state, observed);
  // Whatever it was for: others wait.
  return resting.step === 'rest' && observed.turn === 'mine' ? { step: 'leaveTurn' } : resting;
}

function atRest(state: NodeState, observed: Observed): Step {
  const { wanted, policy, copies } = observed;
  const { good, isAssumed } = state;
  // The server runs on; without the file it would not start again.
  if (policy === 'absent' && good !== undefined && copies.has(good)) return { step: 'putPolicy', sha256: good };
  if (typeof wanted !== 'string') return rest(wanted.reason, wanted.message);
  if (good === wanted && !isAssumed && policy === wanted && copies.has(wanted) && observed.manifest.usable) {
    return copies.size > 1 ? { step: 'tidy', keep: wanted } : { step: 'rest', outcome: 'in-force' };
  }
  return obstacle(state, wanted, observed) ?? begin(state, wanted, observed);
}

/** Why a policy that is good in itself is not tried now. */
function obstacle(state: NodeState, wanted: string, observed: Observed): Step | undefined {
  const { manifest, policy, server, refusedElsewhere, turn } = observed;
  const before = state.refused.find(({ sha256 }) => sha256 === wanted);
  if (before !== undefined) {
    return rest('RefusedBefore', `it was taken back at ${before.at}: ${before.why}; publish another one`);
  }
  const elsewhere = refusedElsewhere.get(wanted);
  if (elsewhere !== undefined) return rest('RefusedElsewhere', `${elsewhere}; publish another one`);
  if (!manifest.usable) return rest(manifest.reason, manifest.message);
  if (policy === 'unusable') {
    return rest('PolicyFileUnusable', 'the policy file must be a plain file of the user of this process, below 1 MiB');
  }
  if (turn === 'unknown')
    return rest('TurnUnknown', 'the Lease cannot be read, or what is written on it: nobody knows whose turn it is');
  if (!server.isReady) return rest('ServerNotReady', 'a server that is not ready would not show what the policy does');
  if (!server.isAsked) return { step: 'ask' };
  // Else nobody could tell a server that was restarted from one that was not, and the policy would be blamed for it.
  if (server.process === undefined) {
    return rest('ProcessUnknown', 'the server does not say when it started: let the agent get its /metrics');
  }
  return undefined;
}

function begin(state: NodeState, wanted: string, observed: Observed): Step {
  const { policy, policyMistake, copies, turn, nowMs } = observed;
  const { good } = state;
  if (good === undefined || !copies.has(good)) {
    if (policyMistake !== undefined) {
      return rest(
        'NothingToFallBackTo',
        `the policy file must hold a policy that is sure to be read: ${policyMistake}`,
      );
    }
    if (!copies.has(policy)) return { step: 'copy', from: 'in-force', sha256: policy };
    return { step: 'remember', state: { ...state, good: policy, isAssumed: true } };
  }
  if (!copies.has(wanted)) return { step: 'copy', from: 'published', sha256: wanted };
  if (turn !== 'mine') return { step: 'takeTurn', sha256: wanted };
  return remember(state, { ...UNTOUCHED, sha256: wanted, way: 'forward', sinceMs: nowMs, why: '' });
}

const UNTOUCHED = { before: undefined, seen: undefined, mark: undefined } as const;

function forward(state: NodeState, trying: Trying, observed: Observed, { readyMs }: Deadlines): Step {
  const { policy, copies, manifest, server, proof, nowMs } = observed;
  const { sha256, before, mark, sinceMs } = trying;
  const turnBack = (why: string): Step =>
    remember(state, { ...trying, way: 'back', sinceMs: nowMs, mark: undefined, why });
  if (nowMs - sinceMs > readyMs) return turnBack(`the server was not ready with it within ${readyMs / 1000} s`);
  if (!manifest.usable) return turnBack(manifest.message);
  if (policy !== sha256) {
    return copies.has(sha256) ? { step: 'putPolicy', sha256 } : turnBack('its copy is gone');
  }
  if (before === undefined || mark === undefined) {
    if (server.process === undefined) return { step: 'await', what: 'the server says when it started' };
    return remember(state, { ...trying, before: server.process, mark: newMark(manifest.hash, sha256, nowMs) });
  }
  if (manifest.hash !== mark) return { step: 'annotate', mark };
  const isRestarted = server.isReady && server.process !== undefined && server.process !== before;
  if (!isRestarted) return { step: 'await', what: 'the server is ready with the new policy' };
  if (proof === undefined) return { step: 'prove' };
  if (proof === 'not-effective') return turnBack('the server is ready, and does not record what the policy says');
  return { step: 'remember', state: { ...state, good: sha256, isAssumed: false, trying: undefined } };
}

function back(state: NodeState, trying: Trying, observed: Observed): Step {
  const { policy, copies, manifest, server, now, nowMs } = observed;
  const { sha256, why, before, seen, mark } = trying;
  const { good } = state;
  if (good === undefined || (policy !== good && !copies.has(good))) {
    return {
      step: 'await',
      what: 'somebody helps, since the copy of the last good policy is gone (docs/audit-agent.md)',
    };
  }
  if (policy !== good) return { step: 'putPolicy', sha256: good };
  const refused = withRefused(state, { sha256, why, at: now });
  const done: Step = { step: 'remember', state: { ...state, trying: undefined, refused } };
  if (!manifest.usable) {
    if (before === undefined && server.isReady) return done;
    return { step: 'await', what: `the manifest can be changed: ${manifest.message}` };
  }
  if (seen === undefined || mark === undefined) {
    const isUntouched = before !== undefined && server.process === before;
    const next = isUntouched ? sameMark(manifest.hash, good) : newMark(manifest.hash, good, nowMs);
    return remember(state, { ...trying, seen: server.process ?? 'none', mark: next });
  }
  if (manifest.hash !== mark) return { step: 'annotate', mark };
  // One that served all along has never read the new policy: kubelet did not act, or has not yet.
  const isGood = server.process === before || server.process !== seen;
  if (server.isReady && server.process !== undefined && isGood) return done;
  return { step: 'await', what: 'the server is ready with the old policy' };
}

/** Another text than the one there: for kubelet, an equal manifest is no change. */
const newMark = (hash: string | undefined, sha256: string, nowMs: number): string =>
  hash === sha256 ? `${sha256}.${nowMs}` : sha256;

/** The text there, where it is about that policy: then there is nothing to restart for. */
const sameMark = (hash: string | undefined, sha256: string): string => (hash?.startsWith(sha256) ? hash : sha256);

const remember = (state: NodeState, trying: Trying): Step => ({ step: 'remember', state: { ...state, trying } });

const rest = (reason: string, message: string): Step => ({ step: 'rest', outcome: { reason, message } });

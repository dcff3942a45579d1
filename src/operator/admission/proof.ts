import type { AdmissionVerdict } from '../../core/outcome/admissionVerdict.ts';
import { answerOf } from '../applyChange.ts';
import type { ProbeAnswer } from './probe.ts';
import { NOT_EVALUATED, notProved } from './verdict.ts';

export interface ProofOptions {
  readonly probe: (value: string, signal: AbortSignal) => Promise<ProbeAnswer>;
  readonly nowMs: () => number;
}

export interface Proof {
  /** What to say instead of that the policies are in force; undefined: they are; `'pending'`: it is too early to tell. */
  readonly verdict: AdmissionVerdict | 'pending' | undefined;
  /** When to look again. */
  readonly againAtMs: number;
}

/** API servers take policies up within about a second; one that compiles hundreds of baselines takes some. */
const GRACE_MS = 5_000;
const GRACE_EVERY_MS = 500;
const RETRY_MS = 15_000;
/** An API server that was restarted with another plugin set, or another one behind the same address. */
const EVERY_MS = 300_000;

/**
 * Whether the policies are in force, by what an API server does and not by what is stored: it asks for what the newest of them
 * refuses (controls/admission/probe), when they are new, and then every five minutes.
 */
export function createAdmissionProof({ probe, nowMs }: ProofOptions) {
  let value = '';
  let sinceMs = 0;
  let known: Proof | undefined;

  return async (asked: string, signal: AbortSignal): Promise<Proof> => {
    if (asked !== value) [value, sinceMs, known] = [asked, nowMs(), undefined];
    if (known !== undefined && nowMs() < known.againAtMs) return known;
    const answer = await probe(asked, signal).catch((error: unknown) => notProved(answerOf(error).message));
    if (answer === 'refused') known = { verdict: undefined, againAtMs: nowMs() + EVERY_MS };
    else if (answer !== 'accepted') known = { verdict: answer, againAtMs: nowMs() + RETRY_MS };
    else if (known === undefined && nowMs() - sinceMs < GRACE_MS)
      return { verdict: 'pending', againAtMs: nowMs() + GRACE_EVERY_MS };
    else known = { verdict: NOT_EVALUATED, againAtMs: nowMs() + RETRY_MS };
    return known;
  };
}

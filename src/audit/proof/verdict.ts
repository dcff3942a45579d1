import type { EndpointProof } from './judge.ts';

/** The condition AuditEffective. */
export interface ProofVerdict {
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: string;
  /** Says the same for the same state: no times and no counts, so that nothing is written where nothing changed. */
  readonly message: string;
}

/** An API server that could not be asked. */
export interface Unsent {
  readonly result: 'unsent';
  readonly why: string;
}

const unknown = (reason: string, message: string): ProofVerdict => ({ status: 'Unknown', reason, message });

export const NOT_PUBLISHED = unknown('NotPublished', 'no audit policy of ours is published');
export const NO_RECEIVER = unknown(
  'NoReceiver',
  'no audit receiver is connected, so nobody can tell whether the policy is in force: see --audit-evidence-url',
);
export const PROBING = unknown('Probing', 'the API servers have not been asked about this policy yet');
export const receiverSilent = (why: string): ProofVerdict => unknown('ReceiverUnreachable', why);
export const noEndpoints = (why: string): ProofVerdict =>
  unknown('EndpointUnreachable', `the API servers are not known: ${why}`);

const MAX_SHOWN = 3;

/**
 * Joins what is known of each API server: one that differs makes it False, whatever the others do; one that could not be
 * asked makes it Unknown. Undefined: some are still waited for, and none differs.
 */
export function verdictOf(proofs: ReadonlyMap<string, EndpointProof | Unsent>): ProofVerdict | undefined {
  const all = [...proofs];
  const different = all.flatMap(([at, proof]) => (proof.result === 'different' ? [{ at, ...proof }] : []));
  const [first] = different;
  if (first !== undefined) {
    const shown = different.slice(0, MAX_SHOWN).map(({ at, message }) => `${at}: ${message}`);
    const more = different.length > MAX_SHOWN ? `; and ${different.length - MAX_SHOWN} more` : '';
    return { status: 'False', reason: first.reason, message: shown.join('; ') + more };
  }
  if (all.some(([, { result }]) => result === 'waiting')) return undefined;
  const unsent = all.flatMap(([at, proof]) => (proof.result === 'unsent' ? [`${at}: ${proof.why}`] : []));
  if (unsent.length > 0) return unknown('EndpointUnreachable', unsent.slice(0, MAX_SHOWN).join('; '));
  if (all.length === 0) return noEndpoints('there is none');
  const how = all.length === 1 ? 'the API server records' : `${all.length} API servers record`;
  return { status: 'True', reason: 'Proved', message: `${how} probes as the published policy says` };
}

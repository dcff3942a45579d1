import type { Drift } from '../../core/plan/changeResult.ts';
import type { ProofPorts } from '../auditProof/prover.ts';
import { systemClock } from '../clock.ts';
import type { Sink } from '../sinks/sink.ts';
import { createAttribution } from './attribution.ts';
import type { AuthorTelling } from './tell.ts';

/** Joins attribution to the receiver; without one nobody knows who is behind drift, and nobody asks. */
export function connectAttribution(
  { evidence, whoAmI }: Pick<ProofPorts, 'evidence' | 'whoAmI'>,
  telling: AuthorTelling,
  onAuthor: (drift: Drift, user: string) => void,
): { readonly sinks: readonly Sink[]; stop(): void } {
  if (evidence === undefined) return { sinks: [], stop: () => {} };
  const { sink, queue } = createAttribution({
    clock: systemClock,
    evidence,
    whoAmI,
    onAuthor: (drift, author) => {
      telling.author(drift, author);
      onAuthor(drift, author.user);
    },
    onUnknown: telling.unknown,
  });
  return { sinks: [sink], stop: () => queue.abort() };
}

import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { markIn } from '../../audit/compile/mark.ts';
import type { AuditEvent } from '../../audit/event.ts';
import type { EndpointProof } from '../../audit/proof/judge.ts';
import { judge } from '../../audit/proof/judge.ts';
import type { Probe } from '../../audit/proof/probes.ts';
import { probesOf } from '../../audit/proof/probes.ts';
import { readPolicy } from '../../audit/readPolicy.ts';
import type { ProbeSender } from '../../operator/auditProof/probeSender.ts';
import type { Evidence } from '../../operator/evidence/evidence.ts';
import { PROBE_ID_PREFIX } from '../../operator/evidence/evidence.ts';
import type { Proof } from './nextStep.ts';

export interface ProbingOptions {
  readonly sender: Pick<ProbeSender, 'send' | 'whoAmI'>;
  /** This node's own API server. */
  readonly server: string;
  readonly evidence: Pick<Evidence, 'requests'>;
  readonly policyFile: string;
  /** The agent's own: probes name nothing elsewhere. */
  readonly namespace: string;
  readonly nowMs: () => number;
  /** How long the event of a probe may take to come. */
  readonly timeoutMs: number;
}

/** For any server that is supported: what the file holds was judged before it came there. */
const ANY_MINOR = 31;
const LOOK_EVERY_MS = 500;

/**
 * Probes this node's API server and looks in the audit receiver for what it recorded. `not-effective` needs an event that
 * shows it: where none comes, the way to the receiver may be what is wrong, and a good policy is not to be taken back for
 * that. Rejects when the probes cannot be sent.
 */
export function createProbing(options: ProbingOptions): (signal: AbortSignal) => Promise<Proof> {
  const { sender, server, evidence, namespace, nowMs } = options;
  return async (signal) => {
    const text = await readFile(options.policyFile, 'utf8');
    const { policy } = readPolicy(text, ANY_MINOR);
    const mark = markIn(text);
    if (policy === undefined || mark === undefined) return 'unknown';
    const user = await sender.whoAmI(signal);
    const newId = () => `${PROBE_ID_PREFIX}${randomUUID()}`;
    const probes = probesOf({ mark, before: undefined, namespace, newId });
    for (const probe of probes) await sender.send(server, probe, signal);
    for (const endMs = nowMs() + options.timeoutMs; ; await sleep(LOOK_EVERY_MS, undefined, { signal })) {
      const isOver = nowMs() >= endMs;
      const proof = await look(evidence, (seen) => judge(policy, user, probes, { seen, isOver }), probes);
      if (proof !== undefined) return proof;
      if (isOver) return 'unknown';
    }
  };
}

/** Undefined: not yet, or the receiver does not answer. */
async function look(
  evidence: ProbingOptions['evidence'],
  judged: (seen: ReadonlyMap<string, readonly AuditEvent[]>) => EndpointProof,
  probes: readonly Probe[],
): Promise<Proof | undefined> {
  const requests = await evidence.requests(probes.map(({ auditId }) => auditId)).catch(() => undefined);
  if (requests === undefined) return undefined;
  const proof = judged(new Map(requests.map(({ auditId, events }) => [auditId, events])));
  if (proof.result === 'effective') return 'effective';
  if (proof.result === 'waiting') return undefined;
  return proof.reason === 'EventsNotArriving' ? 'unknown' : 'not-effective';
}

import type { ClusterAccess } from '../../kube/config.ts';
import type { Transport } from '../../kube/transport.ts';
import { createProbeSender } from '../../operator/auditProof/probeSender.ts';
import { createEvidenceClient } from '../../operator/evidence/evidenceClient.ts';
import type { Proof } from './nextStep.ts';
import type { AuditAgentOptions } from './options.ts';
import { createProbing } from './probing.ts';

/** What tells whether the server, which is ready, records what its policy says. */
export interface Prover {
  prove(signal: AbortSignal): Promise<Proof>;
  close(): Promise<void>;
}

const NOBODY: Prover = { prove: async () => 'unknown', close: async () => {} };
/** The worker takes a proof that is late for unknown: it answers before that. */
const MARGIN_MS = 2_000;

/**
 * By the audit receiver, where one is named; without one nobody knows.
 * @throws a sentence when the receiver's address would send the token in the clear
 */
export function createProver(options: AuditAgentOptions, access: ClusterAccess, transport: Transport): Prover {
  if (options.proof !== undefined) return { prove: options.proof, close: async () => {} };
  if (options.receiver === undefined) return NOBODY;
  const evidence = createEvidenceClient(options.receiver);
  const userAgent = `drawbridge-audit-agent/${options.version}`;
  const serverName = options.localServerName;
  const sender = createProbeSender(access, transport, { userAgent, serverName });
  const prove = createProbing({
    sender,
    server: options.localServer,
    evidence,
    policyFile: options.policyFile,
    namespace: options.ownNamespace,
    nowMs: options.clock.nowMs,
    timeoutMs: options.limits.proofMs - MARGIN_MS,
  });
  return {
    prove,
    close: async () => {
      await Promise.all([sender.close(), evidence.close()]);
    },
  };
}

import { randomUUID } from 'node:crypto';
import type { ClusterAccess } from '../../kube/config.ts';
import type { JsonTransport, TransportOptions } from '../../kube/transport.ts';
import type { EvidenceClientOptions } from '../evidence/evidenceClient.ts';
import { createEvidenceClient } from '../evidence/evidenceClient.ts';
import type { Leadership } from '../leadership.ts';
import { apiServers } from './apiServers.ts';
import { createProbeSender } from './probeSender.ts';
import type { ProofPorts, ProofTimes } from './prover.ts';

/** Of whoever starts the operator. */
export interface ProofOptions {
  /** Undefined: no receiver is connected. */
  readonly receiver: EvidenceClientOptions | undefined;
  /** `https://host:port` of each API server; empty: as the cluster tells. */
  readonly servers: readonly string[];
  readonly times: ProofTimes;
}

export interface Connections {
  readonly access: ClusterAccess;
  /** To whichever API server answers. */
  readonly transport: JsonTransport;
  /** Of the connections to each of them. */
  readonly each: TransportOptions;
  /** Lets requests through while this process leads. */
  readonly leadership: Pick<Leadership, 'fenced'>;
}

/**
 * Joins a proof to the cluster and the receiver.
 * @throws a sentence when the receiver's address would send the token in the clear
 */
export function createProofPorts(
  { receiver, servers, times }: ProofOptions,
  { access, transport, each, leadership }: Connections,
): ProofPorts & { close(): Promise<void> } {
  const evidence = receiver === undefined ? undefined : createEvidenceClient(receiver);
  const sender = createProbeSender(access, transport, { ...each, fenced: leadership.fenced });
  return {
    evidence,
    servers: (signal) => (servers.length > 0 ? Promise.resolve(servers) : apiServers(transport, signal)),
    send: sender.send,
    whoAmI: sender.whoAmI,
    newId: randomUUID,
    times,
    close: async () => {
      await Promise.all([sender.close(), evidence?.close()]);
    },
  };
}

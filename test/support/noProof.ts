import { NOT_ASKED } from '../../src/core/model/apiServerPosture.ts';
import type { ProofPorts } from '../../src/operator/auditProof/prover.ts';

/** No receiver is connected, and nothing is asked. */
export const NO_PROOF: ProofPorts = {
  evidence: undefined,
  servers: () => Promise.reject(new Error('nobody asks for API servers')),
  send: () => Promise.reject(new Error('nobody sends probes')),
  whoAmI: () => Promise.reject(new Error('nobody asks who we are')),
  newId: () => 'none',
  times: { intervalMs: 60_000, timeoutMs: 45_000 },
};

/** Nothing is looked at of the whole cluster. */
export const NO_POSTURE = {
  clusterControls: [],
  observeApiServer: () => Promise.resolve(NOT_ASKED),
  onClusterFinding: () => {},
};

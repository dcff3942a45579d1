import { dirname } from 'node:path';
import type { LeaseTimes } from '../../kube/leaseTimes.ts';
import { wrongTimes } from '../../kube/leaseTimes.ts';
import type { Clock } from '../../operator/clock.ts';
import type { EvidenceClientOptions } from '../../operator/evidence/evidenceClient.ts';
import type { Logger } from '../../operator/logger.ts';
import type { Proof } from './nextStep.ts';

/** What `drawbridge audit-agent` is told; the flag of each is named beside it. */
export interface AuditAgentOptions {
  /** `--node`: the name of this node. */
  readonly node: string;
  /** `--policy-file`: the file that the server's `--audit-policy-file` means, as a path of the node and of this process. */
  readonly policyFile: string;
  /** `--manifest`: the static pod manifest of kube-apiserver. */
  readonly manifestFile: string;
  /** `--local-server`: this node's own API server, never a load balancer. */
  readonly localServer: string;
  /** `--local-server-name`: the name in its certificate; absent: the host of its address. */
  readonly localServerName?: string | undefined;
  /** `--kubeconfig`; else as kubectl finds one, or the pod's ServiceAccount. */
  readonly kubeconfig?: string | undefined;
  /** `--namespace`: the agent's own, with the Lease and the reports. */
  readonly ownNamespace: string;
  /** `--operator-namespace`: where the policy is published. */
  readonly operatorNamespace: string;
  /** `--ready-within`: how long after its start a roll-out may take; then it is undone. */
  readonly readyMs: number;
  /** `--metrics-bind-address`, `--health-probe-bind-address`. */
  readonly metricsBindAddress: string;
  readonly healthBindAddress: string;
  readonly limits: AuditAgentLimits;
  readonly version: string;
  readonly logger: Logger;
  readonly clock: Clock;
  /** `--audit-evidence-url` and its like: the audit receiver that a proof asks. */
  readonly receiver?: EvidenceClientOptions | undefined;
  /** Instead of a receiver: asks whether the server, which is ready, records what its policy says. Without one nobody knows. */
  readonly proof?: ((signal: AbortSignal) => Promise<Proof>) | undefined;
}

export interface AuditAgentLimits {
  /** Between two looks while something is under way. */
  readonly pollMs: number;
  /** Between two looks while nothing is. */
  readonly restMs: number;
  /** For a proof; one that takes longer is unknown. */
  readonly proofMs: number;
  readonly lease: LeaseTimes;
}

export const DEFAULT_LIMITS: AuditAgentLimits = {
  pollMs: 1_000,
  restMs: 10_000,
  // Batches of a webhook wait up to 30 s.
  proofMs: 60_000,
  // Longer than the API server of the only control-plane node is away; the mark on the Lease holds beyond it.
  lease: { durationMs: 60_000, renewDeadlineMs: 40_000, retryMs: 2_000 },
};

/** Shorter, a restart that goes well would be undone. */
const MIN_READY_MS = 1_000;

/** @throws a sentence that says what to write instead */
export function checkOptions({
  node,
  policyFile,
  manifestFile,
  localServer,
  readyMs,
  limits,
}: AuditAgentOptions): void {
  if (node === '') throw new Error('the node has no name: give --node, or set NODE_NAME from spec.nodeName');
  for (const [flag, path] of [
    ['--policy-file', policyFile],
    ['--manifest', manifestFile],
  ] as const) {
    if (!path.startsWith('/') || path.includes('/../')) throw new Error(`${flag} is "${path}": write a whole path`);
  }
  if (dirname(policyFile) === dirname(manifestFile)) {
    throw new Error('the policy lies among the manifests, where kubelet runs whatever it finds: move it elsewhere');
  }
  if (!/^https:\/\/[^/]+\/?$/.test(localServer)) {
    throw new Error(`--local-server is "${localServer}": write https:// and the address of this node's API server`);
  }
  if (!(readyMs >= MIN_READY_MS)) throw new Error('--ready-within is too short for a restart: write "3m"');
  const wrong = wrongTimes(limits.lease);
  if (wrong !== undefined) throw new Error(wrong);
}

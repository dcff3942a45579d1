import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { InvalidArgumentError, Option } from 'commander';
import { errorMessage } from '../../k8s/errorMessage.ts';
import { wrongTimes } from '../../kube/leaseTimes.ts';
import type { ProofOptions } from '../../operator/auditProof/proofPorts.ts';
import { parseDuration } from '../../operator/duration.ts';
import type { ElectionOptions } from '../../operator/leadership.ts';
import { VERSION } from '../../version.ts';
import type { AddCommand } from '../command.ts';
import { acting } from '../command.ts';
import type { ExitCode } from '../exitCodes.ts';
import { collect, oneOf } from '../options.ts';
import { untilStopped } from '../untilStopped.ts';

/** Where Kubernetes mounts the pod's own namespace. */
const NAMESPACE_FILE = '/var/run/secrets/kubernetes.io/serviceaccount/namespace';

interface OperatorFlags {
  readonly metricsBindAddress: string;
  readonly healthProbeBindAddress: string;
  readonly statusPageBindAddress: string;
  readonly kubeconfig?: string;
  readonly namespace?: string;
  readonly leaderElect: boolean;
  readonly leaderElectionLeaseDuration: number;
  readonly leaderElectionRenewDeadline: number;
  readonly leaderElectionRetryPeriod: number;
  readonly auditEvidenceUrl?: string;
  readonly auditEvidenceCaFile?: string;
  readonly auditEvidenceTokenFile?: string;
  readonly auditEvidenceCertFile?: string;
  readonly auditEvidenceKeyFile?: string;
  readonly auditProbeServer?: readonly string[];
  readonly auditProbeInterval: number;
  readonly auditProbeTimeout: number;
  readonly logLevel: 'error' | 'warn' | 'info' | 'debug';
}

export const addOperator: AddCommand = (parent, host) => {
  parent
    .command('operator')
    .description('run the operator')
    .option('--metrics-bind-address <address>', 'where to serve /metrics; "0" is off', ':8080')
    .option('--health-probe-bind-address <address>', 'where to serve /healthz and /readyz; "0" is off', ':8081')
    .option(
      '--status-page-bind-address <address>',
      'where to serve the status page, which asks for no login: ":9080" is on loopback alone; "0" is off',
      '0',
    )
    .option('--kubeconfig <file>', 'a kubeconfig; else $KUBECONFIG, ~/.kube/config, or the ServiceAccount of the pod')
    .option('--namespace <name>', "the operator's own namespace; else the pod's, else drawbridge-system")
    .option(
      '--leader-elect',
      'work only while holding the Lease drawbridge in that namespace: for several replicas',
      false,
    )
    .addOption(
      durationOption(
        'leader-election-lease-duration',
        'how long the others leave alone a Lease that is not renewed',
        '15s',
      ),
    )
    .addOption(
      durationOption('leader-election-renew-deadline', 'how long after its last renewal a leader still writes', '10s'),
    )
    .addOption(durationOption('leader-election-retry-period', 'how long between two looks at the Lease', '2s'))
    .option('--audit-evidence-url <url>', 'the audit receiver to ask, which proves that the audit policy is in force')
    .option('--audit-evidence-ca-file <file>', 'the authority of its certificate, PEM')
    .option('--audit-evidence-token-file <file>', 'the token it asks for; read at each request')
    .option('--audit-evidence-cert-file <file>', 'a client certificate for it, PEM')
    .option('--audit-evidence-key-file <file>', 'the key of that certificate, PEM')
    .option('--audit-probe-server <url>', 'an API server to probe; repeatable; else as the cluster tells', collect)
    .addOption(durationOption('audit-probe-interval', 'how long between two proofs of the audit policy', '1m'))
    .addOption(durationOption('audit-probe-timeout', 'how long the event of a probe may take to come', '45s'))
    .option('--log-level <level>', 'error, warn, info or debug', oneOf(['error', 'warn', 'info', 'debug']), 'info')
    .action(acting(host, run));
};

async function run(flags: OperatorFlags): Promise<ExitCode> {
  const { createLogger } = await import('../../operator/logger.ts');
  const { runOperator } = await import('../../operator/operator.ts');
  const logger = createLogger(flags.logLevel);
  return untilStopped('the operator', logger, async (signal) =>
    runOperator(
      {
        kubeconfig: flags.kubeconfig,
        metricsBindAddress: flags.metricsBindAddress,
        healthBindAddress: flags.healthProbeBindAddress,
        statusPageBindAddress: flags.statusPageBindAddress,
        ownNamespace: flags.namespace ?? ownNamespace(),
        instance: hostname(),
        election: electionOf(flags),
        proof: proofOf(flags),
        version: VERSION,
        logger,
      },
      signal,
    ),
  );
}

function durationOption(name: string, description: string, standard: string): Option {
  return new Option(`--${name} <duration>`, description)
    .default(parseDuration(standard), standard)
    .argParser((value) => {
      try {
        return parseDuration(value);
      } catch (error) {
        throw new InvalidArgumentError(errorMessage(error));
      }
    });
}

/** The hostname is for people; the rest makes it another than that of the process before, as kubebuilder's. */
function electionOf(flags: OperatorFlags): ElectionOptions | undefined {
  if (!flags.leaderElect) return undefined;
  const times = {
    durationMs: flags.leaderElectionLeaseDuration,
    renewDeadlineMs: flags.leaderElectionRenewDeadline,
    retryMs: flags.leaderElectionRetryPeriod,
  };
  const wrong = wrongTimes(times);
  if (wrong !== undefined) throw new Error(wrong);
  return { identity: `${hostname()}_${randomUUID()}`, times };
}

function proofOf(flags: OperatorFlags): ProofOptions {
  const url = flags.auditEvidenceUrl;
  const { auditEvidenceCaFile: caFile, auditEvidenceTokenFile: tokenFile } = flags;
  const { auditEvidenceCertFile: certFile, auditEvidenceKeyFile: keyFile } = flags;
  return {
    receiver: url === undefined ? undefined : { url, caFile, tokenFile, certFile, keyFile },
    servers: flags.auditProbeServer ?? [],
    times: { intervalMs: flags.auditProbeInterval, timeoutMs: flags.auditProbeTimeout },
  };
}

function ownNamespace(): string {
  try {
    return readFileSync(NAMESPACE_FILE, 'utf8').trim();
  } catch {
    return 'drawbridge-system';
  }
}

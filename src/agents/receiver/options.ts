import type { AuditEvent } from '../../audit/event.ts';
import type { BindAddress } from '../../operator/bindAddress.ts';
import { parseBindAddress } from '../../operator/bindAddress.ts';
import type { Clock } from '../../operator/clock.ts';
import type { Logger } from '../../operator/logger.ts';

/** What `drawbridge audit-receiver` is told; the flag of each is named beside it. Addresses: see BindAddress; `0` is off. */
export interface ReceiverOptions {
  /** `--bind-address`, default `:8443`: where API servers send their batches, by HTTPS. */
  readonly bindAddress: string;
  /** `--path`, default `/audit`: the path that the API server's webhook kubeconfig names. */
  readonly path: string;
  /** `--tls-cert-file`, `--tls-private-key-file`: PEM; read again when they change. */
  readonly certFile?: string | undefined;
  readonly keyFile?: string | undefined;
  /** `--client-ca-file`: PEM; callers with a certificate that it signed are let in. */
  readonly clientCaFile?: string | undefined;
  /** `--client-name`, repeatable: of those, only these common names. For an authority that signs other certificates too. */
  readonly clientNames: readonly string[];
  /** `--token-file`: bearer tokens that are let in, one a line, so that a new one can be put beside an old one. */
  readonly tokenFile?: string | undefined;
  /** `--audit-log`, repeatable: a JSONL file that an API server's log backend writes. */
  readonly auditLogs: readonly string[];
  /**
   * `--state-dir`: what was acknowledged is kept here too, with the positions in log files, so that a process that is killed
   * loses nothing and counts nothing twice. Without it both are in memory alone. Nobody else may use the directory.
   */
  readonly stateDir?: string | undefined;
  /** `--evidence-bind-address`, default `127.0.0.1:8444`: where `Evidence` is served: plainly on loopback, else as above. */
  readonly evidenceBindAddress: string;
  /** `--metrics-bind-address`, default `:8080`. */
  readonly metricsBindAddress: string;
  /** `--health-probe-bind-address`, default `:8081`. */
  readonly healthBindAddress: string;
  readonly limits: ReceiverLimits;
  readonly version: string;
  readonly logger: Logger;
  readonly clock: Clock;
  /** Gets each new event, in the order of arrival; must not throw. */
  readonly onEvent?: ((event: AuditEvent) => void) | undefined;
}

/** What bounds the receiver's memory: with these defaults, about 64 MB waiting, and 100 MB remembered. */
export interface ReceiverLimits {
  /**
   * Of one batch as it is; beyond it the events are kept without what they carry. The API server's own bound is 10 MiB where
   * `--audit-webhook-truncate-enabled` is set, else there is none.
   */
  readonly maxBodyBytes: number;
  /** Of all that is being received, or waits to be looked at. */
  readonly queueBytes: number;
  /** Events of which another copy is known. Half as many at least: at 400 a second the last five minutes. */
  readonly keys: number;
  /** Events kept by their Audit-ID. */
  readonly events: number;
  readonly changesPerResource: number;
  readonly changes: number;
  /** Of the state directory. */
  readonly spoolBytes: number;
  /** From the first byte of a request to its last. */
  readonly requestTimeoutMs: number;
  /** Between two looks at certificates and tokens. */
  readonly reloadMs: number;
  /** Between two looks at log files. */
  readonly pollMs: number;
  /** For what waits when the process is told to end. */
  readonly drainMs: number;
}

const MIB = 1024 * 1024;

export const DEFAULT_LIMITS: ReceiverLimits = {
  maxBodyBytes: 12 * MIB,
  queueBytes: 64 * MIB,
  keys: 262_144,
  events: 50_000,
  changesPerResource: 4_096,
  changes: 32_768,
  spoolBytes: 256 * MIB,
  requestTimeoutMs: 60_000,
  reloadMs: 5_000,
  pollMs: 250,
  drainMs: 8_000,
};

/** Where to listen, and whether that is loopback. */
export interface ReceiverAddresses {
  readonly webhook: BindAddress | undefined;
  readonly evidence: BindAddress | undefined;
  readonly isEvidencePlain: boolean;
}

/** @throws a sentence that says what to add: a receiver that anybody may write to, or read, does not start */
export function checkOptions(options: ReceiverOptions): ReceiverAddresses {
  const webhook = parseBindAddress(options.bindAddress);
  const evidence = parseBindAddress(options.evidenceBindAddress);
  if (webhook === undefined && options.auditLogs.length === 0) {
    throw new Error('there is nothing to receive: give --bind-address or --audit-log');
  }
  const isEvidencePlain = evidence !== undefined && isLoopback(evidence);
  if (webhook !== undefined) requireSecurity(options, 'the audit webhook');
  if (evidence !== undefined && !isEvidencePlain) requireSecurity(options, 'evidence beyond loopback');
  if (!options.path.startsWith('/')) throw new Error(`--path is "${options.path}": write one that begins with "/"`);
  if (options.limits.queueBytes < options.limits.maxBodyBytes) {
    throw new Error('the queue is smaller than one batch may be: such a batch would never be taken');
  }
  if (options.clientNames.length > 0 && options.clientCaFile === undefined) {
    throw new Error('--client-name is about certificates: give --client-ca-file too');
  }
  return { webhook, evidence, isEvidencePlain };
}

function requireSecurity({ certFile, keyFile, clientCaFile, tokenFile }: ReceiverOptions, what: string): void {
  if (certFile === undefined || keyFile === undefined) {
    throw new Error(`${what} is served by TLS alone: give --tls-cert-file and --tls-private-key-file`);
  }
  if (clientCaFile === undefined && tokenFile === undefined) {
    throw new Error(`${what} would be open to anybody: give --client-ca-file, --token-file, or both`);
  }
}

const isLoopback = ({ host }: BindAddress): boolean =>
  host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host ?? '');

import type { Clock } from '../../operator/clock.ts';
import { parseDuration } from '../../operator/duration.ts';
import type { EvidenceClientOptions } from '../../operator/evidence/evidenceClient.ts';
import type { Logger } from '../../operator/logger.ts';
import type { Flag } from '../flagTable.ts';
import { parseFlags } from '../flagTable.ts';
import type { AuditAgentOptions } from './options.ts';
import { DEFAULT_LIMITS } from './options.ts';

/** The flags of `drawbridge audit-agent`. */
export const AUDIT_AGENT_FLAGS = [
  { name: 'node', value: '<name>', description: 'the name of this node; else $NODE_NAME' },
  {
    name: 'policy-file',
    value: '<file>',
    description: "the file that the API server's --audit-policy-file means",
    standard: '/etc/kubernetes/audit/policy.yaml',
  },
  {
    name: 'manifest',
    value: '<file>',
    description: 'the static pod manifest of kube-apiserver',
    standard: '/etc/kubernetes/manifests/kube-apiserver.yaml',
  },
  {
    name: 'local-server',
    value: '<url>',
    description: "this node's own API server, not a load balancer",
    standard: 'https://127.0.0.1:6443',
  },
  {
    name: 'local-server-name',
    value: '<name>',
    description: 'the name in its certificate',
    standard: 'kubernetes.default.svc',
  },
  {
    name: 'kubeconfig',
    value: '<file>',
    description: 'a kubeconfig; else $KUBECONFIG, ~/.kube/config, or the ServiceAccount of the pod',
  },
  {
    name: 'namespace',
    value: '<name>',
    description: "the agent's own namespace",
    standard: 'drawbridge-audit-agent',
  },
  {
    name: 'operator-namespace',
    value: '<name>',
    description: 'where the operator publishes the policy',
    standard: 'drawbridge-system',
  },
  {
    name: 'ready-within',
    value: '<duration>',
    description: 'how long a roll-out may take; then it is undone',
    standard: '3m',
  },
  {
    name: 'audit-evidence-url',
    value: '<url>',
    description: 'the audit receiver to ask, which proves that the server records what the policy says',
  },
  { name: 'audit-evidence-ca-file', value: '<file>', description: 'the authority of its certificate, PEM' },
  { name: 'audit-evidence-token-file', value: '<file>', description: 'the token it asks for; read at each request' },
  { name: 'audit-evidence-cert-file', value: '<file>', description: 'a client certificate for it, PEM' },
  { name: 'audit-evidence-key-file', value: '<file>', description: 'the key of that certificate, PEM' },
  {
    name: 'metrics-bind-address',
    value: '<address>',
    description: 'where to serve /metrics; "0" is off',
    standard: '127.0.0.1:8085',
  },
  {
    name: 'health-probe-bind-address',
    value: '<address>',
    description: 'where to serve /healthz and /readyz; "0" is off',
    standard: '127.0.0.1:8086',
  },
  { name: 'log-level', value: '<level>', description: 'error, warn, info or debug', standard: 'info' },
] as const satisfies readonly Flag[];

/** None of them is repeatable. */
export type AuditAgentFlagValues = Readonly<Record<string, string | undefined>>;

/** @throws a sentence about a flag that is unknown, or has no value */
export const parseAuditAgentFlags = (args: readonly string[]): AuditAgentFlagValues =>
  parseFlags(AUDIT_AGENT_FLAGS, args) as AuditAgentFlagValues;

/** What the flags say, as options. Beside them are those that a process brings with it. */
export function auditAgentOptionsOf(
  values: AuditAgentFlagValues,
  process: {
    readonly version: string;
    readonly logger: Logger;
    readonly clock: Clock;
    /** For a flag that is not given. */
    readonly env?: Readonly<Record<string, string | undefined>>;
  },
): AuditAgentOptions {
  const one = (name: (typeof AUDIT_AGENT_FLAGS)[number]['name']): string => values[name] ?? '';
  const { env = {}, version, logger, clock } = process;
  return {
    node: one('node') || (env.NODE_NAME ?? ''),
    policyFile: one('policy-file'),
    manifestFile: one('manifest'),
    localServer: one('local-server'),
    localServerName: one('local-server-name') || undefined,
    kubeconfig: values.kubeconfig,
    ownNamespace: one('namespace'),
    operatorNamespace: one('operator-namespace'),
    ...receiverOf(values),
    readyMs: parseDuration(one('ready-within')),
    metricsBindAddress: one('metrics-bind-address'),
    healthBindAddress: one('health-probe-bind-address'),
    limits: DEFAULT_LIMITS,
    version,
    logger,
    clock,
  };
}

/** Who asks no receiver has none. */
function receiverOf(values: AuditAgentFlagValues): { readonly receiver?: EvidenceClientOptions } {
  const url = values['audit-evidence-url'];
  if (url === undefined) return {};
  const receiver = {
    url,
    caFile: values['audit-evidence-ca-file'],
    tokenFile: values['audit-evidence-token-file'],
    certFile: values['audit-evidence-cert-file'],
    keyFile: values['audit-evidence-key-file'],
  };
  return { receiver };
}

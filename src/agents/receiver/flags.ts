import type { Clock } from '../../operator/clock.ts';
import type { Logger } from '../../operator/logger.ts';
import type { Flag, FlagValues } from '../flagTable.ts';
import { parseFlags } from '../flagTable.ts';
import type { ReceiverOptions } from './options.ts';
import { DEFAULT_LIMITS } from './options.ts';

/** The flags of `drawbridge audit-receiver`. */
export const RECEIVER_FLAGS = [
  {
    name: 'bind-address',
    value: '<address>',
    description: 'where API servers send batches; "0" is off',
    standard: ':8443',
  },
  { name: 'path', value: '<path>', description: "the path in the webhook's kubeconfig", standard: '/audit' },
  { name: 'tls-cert-file', value: '<file>', description: 'the certificate to serve, PEM; read anew when it changes' },
  { name: 'tls-private-key-file', value: '<file>', description: 'its key, PEM' },
  {
    name: 'client-ca-file',
    value: '<file>',
    description: 'let in callers with a certificate that this authority signed',
  },
  { name: 'client-name', value: '<name>', description: '… only with this common name', isRepeatable: true },
  { name: 'token-file', value: '<file>', description: 'let in callers with one of these bearer tokens, one a line' },
  {
    name: 'audit-log',
    value: '<file>',
    description: 'also read this log of an API server, one event a line',
    isRepeatable: true,
  },
  { name: 'state-dir', value: '<dir>', description: 'keep here what was acknowledged, for the next process' },
  {
    name: 'evidence-bind-address',
    value: '<address>',
    description: 'where to answer questions: plainly on loopback, else by TLS to the same callers; "0" is off',
    standard: '127.0.0.1:8444',
  },
  {
    name: 'metrics-bind-address',
    value: '<address>',
    description: 'where to serve /metrics; "0" is off',
    standard: ':8080',
  },
  {
    name: 'health-probe-bind-address',
    value: '<address>',
    description: 'where to serve /healthz and /readyz; "0" is off',
    standard: ':8081',
  },
  { name: 'log-level', value: '<level>', description: 'error, warn, info or debug', standard: 'info' },
] as const satisfies readonly Flag[];

export type ReceiverFlagValues = FlagValues;

/** @throws a sentence about a flag that is unknown, or has no value */
export const parseReceiverFlags = (args: readonly string[]): ReceiverFlagValues => parseFlags(RECEIVER_FLAGS, args);

/** What the flags say, as options. Beside them are those that a process brings with it. */
export function receiverOptionsOf(
  values: ReceiverFlagValues,
  process: { readonly version: string; readonly logger: Logger; readonly clock: Clock },
): ReceiverOptions {
  const one = (name: (typeof RECEIVER_FLAGS)[number]['name']): string | undefined => {
    const value = values[name];
    return typeof value === 'string' ? value : undefined;
  };
  const all = (name: (typeof RECEIVER_FLAGS)[number]['name']): readonly string[] => [values[name] ?? []].flat();
  return {
    bindAddress: one('bind-address') ?? '0',
    path: one('path') ?? '/audit',
    certFile: one('tls-cert-file'),
    keyFile: one('tls-private-key-file'),
    clientCaFile: one('client-ca-file'),
    clientNames: all('client-name'),
    tokenFile: one('token-file'),
    auditLogs: all('audit-log'),
    stateDir: one('state-dir'),
    evidenceBindAddress: one('evidence-bind-address') ?? '0',
    metricsBindAddress: one('metrics-bind-address') ?? '0',
    healthBindAddress: one('health-probe-bind-address') ?? '0',
    limits: DEFAULT_LIMITS,
    ...process,
  };
}

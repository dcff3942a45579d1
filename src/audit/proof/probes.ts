import { MARK_PATH } from '../compile/mark.ts';
import type { AuditedRequest } from '../match.ts';

/**
 * What a probe asks an API server: for a mark that no policy has, and for that of the policy before, which must both leave
 * no trace; to read what is not there; to create, as a dry run; for a name among what the ceiling is about; and for the mark
 * of the policy.
 */
export type ProbeKind = 'nobody' | 'before' | 'read' | 'write' | 'ceiling' | 'mark';

/** A request that changes nothing, and whose event is looked for. */
export interface Probe {
  readonly kind: ProbeKind;
  readonly auditId: string;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** The same, as the API server's filters see it. */
  readonly asked: Pick<AuditedRequest, 'verb' | 'target'>;
}

export interface ProbePlan {
  readonly mark: string;
  /** Of the policy before, if there was one. */
  readonly before: string | undefined;
  /** The operator's own: the probes name nothing elsewhere. */
  readonly namespace: string;
  readonly newId: () => string;
}

const NAME = 'drawbridge-probe';
const NETWORKING = 'networking.k8s.io';

/** A policy that records it records whatever it is asked. */
const NOBODY = '0'.repeat(16);

/**
 * The probes of one API server, in the order in which they are to be sent: first those that must leave no trace, so that
 * their events have come, if there are any, by the time that of the mark has.
 */
export function probesOf({ mark, before, namespace, newId }: ProbePlan): readonly Probe[] {
  const byMark = (kind: 'nobody' | 'before' | 'mark', one: string): Probe => ({
    kind,
    auditId: newId(),
    method: 'GET',
    path: `${MARK_PATH}${one}`,
    asked: { verb: 'get', target: { type: 'path', path: `${MARK_PATH}${one}` } },
  });
  const policies = `/apis/${NETWORKING}/v1/namespaces/${namespace}/networkpolicies`;
  const ofResource = (verb: string, group: string, resource: string, name: string): Probe['asked'] => ({
    verb,
    target: { type: 'resource', group, resource, subresource: '', namespace, name },
  });
  return [
    byMark('nobody', NOBODY),
    ...(before === undefined || before === mark ? [] : [byMark('before', before)]),
    {
      kind: 'read',
      auditId: newId(),
      method: 'GET',
      path: `${policies}/${NAME}`,
      asked: ofResource('get', NETWORKING, 'networkpolicies', NAME),
    },
    {
      kind: 'write',
      auditId: newId(),
      method: 'POST',
      path: policies,
      query: { dryRun: 'All' },
      body: policyNamed(namespace),
      asked: ofResource('create', NETWORKING, 'networkpolicies', ''),
    },
    {
      kind: 'ceiling',
      auditId: newId(),
      method: 'GET',
      path: `/api/v1/namespaces/${namespace}/configmaps/${NAME}`,
      asked: ofResource('get', '', 'configmaps', NAME),
    },
    byMark('mark', mark),
  ];
}

/** Selects everything and allows nothing: were it ever made, it would be in nobody's favour. */
const policyNamed = (namespace: string): unknown => ({
  apiVersion: `${NETWORKING}/v1`,
  kind: 'NetworkPolicy',
  metadata: { name: NAME, namespace },
  spec: { podSelector: {}, policyTypes: ['Ingress'] },
});

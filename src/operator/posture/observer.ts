import type { ApiServerPosture, Observed } from '../../core/model/apiServerPosture.ts';
import { errorMessage } from '../../k8s/errorMessage.ts';
import { record, text } from '../../k8s/json.ts';
import { anonymousAccess } from '../../kube/anonymousAccess.ts';
import type { ClusterAccess } from '../../kube/config.ts';
import { KubeError } from '../../kube/errors.ts';
import type { JsonTransport, Transport, TransportOptions } from '../../kube/transport.ts';
import { createTransport } from '../../kube/transport.ts';
import { sumOf } from './metricsText.ts';

const TIMEOUT_MS = 5_000;
/** The metrics of an API server with many kinds are some megabytes. */
const METRICS_TIMEOUT_MS = 15_000;

/**
 * Finds out what an API server does for whom, by a few requests that change nothing. What cannot be found out is unknown,
 * with the reason; rejects for the signal alone.
 */
export const apiServerObserver =
  (access: ClusterAccess, transport: Transport, options: TransportOptions) =>
  async (signal: AbortSignal): Promise<ApiServerPosture> => {
    const nobody = createTransport(anonymousAccess(access), { ...options, connections: 1 });
    try {
      const [anonymous, authorization, auditEvents] = await Promise.all([
        observed(() => anonymousStatus(nobody, signal), signal),
        observed(() => authorizationOf(transport, signal), signal),
        observed(() => auditEventsOf(transport, signal), signal),
      ]);
      return { anonymous, authorization, auditEvents };
    } finally {
      await nobody.close();
    }
  };

async function observed<T>(look: () => Promise<T>, signal: AbortSignal): Promise<Observed<T>> {
  try {
    return { known: true, value: await look() };
  } catch (error) {
    signal.throwIfAborted();
    return { known: false, why: errorMessage(error) };
  }
}

async function anonymousStatus(nobody: JsonTransport, signal: AbortSignal): Promise<number> {
  try {
    await nobody.json({ method: 'GET', path: '/api', signal, timeoutMs: TIMEOUT_MS });
    return 200;
  } catch (error) {
    if (error instanceof KubeError) return error.status;
    throw error;
  }
}

/** A resource that does not exist, in a group that nobody has: no rule names it. */
const NOBODYS = { verb: 'probe', group: 'posture.drawbridge.dev', resource: 'nobodysrights' };
/** What the operator could not work without. */
const OURS = { verb: 'list', group: '', resource: 'namespaces' };

async function authorizationOf(transport: JsonTransport, signal: AbortSignal) {
  const [nobodys, ours] = await Promise.all([NOBODYS, OURS].map((asked) => review(transport, asked, signal)));
  return {
    allowsAnything: nobodys?.allowed === true,
    hasRbac: ours?.allowed === true && text(ours.reason).startsWith('RBAC: allowed by'),
  };
}

async function review(transport: JsonTransport, resourceAttributes: typeof OURS, signal: AbortSignal) {
  const answer = await transport.json<unknown>({
    method: 'POST',
    path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
    body: {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec: { resourceAttributes },
    },
    signal,
    timeoutMs: TIMEOUT_MS,
  });
  return record(record(answer).status);
}

const AUDIT_EVENTS = 'apiserver_audit_event_total';
const NO_METRICS =
  'the operator may not read the metrics of the API server; bind its ServiceAccount to the ClusterRole system:monitoring';

async function auditEventsOf(transport: Transport, signal: AbortSignal): Promise<number> {
  const within = AbortSignal.any([signal, AbortSignal.timeout(METRICS_TIMEOUT_MS)]);
  try {
    const request = { method: 'GET', path: '/metrics', accept: 'text/plain', signal: within } as const;
    const sum = await sumOf(AUDIT_EVENTS, await transport.stream({ ...request, timeoutMs: TIMEOUT_MS }));
    if (sum === undefined) throw new Error(`its metrics do not have ${AUDIT_EVENTS}`);
    return sum;
  } catch (error) {
    if (error instanceof KubeError && error.status === 403) throw new Error(NO_METRICS);
    throw error;
  }
}

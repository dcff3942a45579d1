import type { EventUser } from '../../audit/event.ts';
import type { Probe } from '../../audit/proof/probes.ts';
import { record, text, texts } from '../../k8s/json.ts';
import { accessAt } from '../../kube/accessAt.ts';
import type { ClusterAccess } from '../../kube/config.ts';
import { KubeError } from '../../kube/errors.ts';
import type { JsonTransport, Transport, TransportOptions } from '../../kube/transport.ts';
import { createTransport } from '../../kube/transport.ts';

/** Sends probes to one API server among several. */
export interface ProbeSender {
  /** Resolves when the API server answered, whatever it said: it has recorded the request by then, or will not. */
  send(server: string, probe: Probe, signal: AbortSignal): Promise<void>;
  /** Who we are, as the API server knows us. */
  whoAmI(signal: AbortSignal): Promise<EventUser>;
  close(): Promise<void>;
}

const TIMEOUT_MS = 5_000;
const SELF = '/apis/authentication.k8s.io/v1/selfsubjectreviews';

export interface ProbeSenderOptions extends TransportOptions {
  /** The name in the servers' certificates; absent: see kube/accessAt. */
  readonly serverName?: string | undefined;
  /** Lets requests through while this process may send any; absent: always. */
  readonly fenced?: (transport: JsonTransport) => JsonTransport;
}

/** @param main to whichever API server answers */
export function createProbeSender(
  access: ClusterAccess,
  main: JsonTransport,
  { serverName, fenced = (transport) => transport, ...options }: ProbeSenderOptions,
): ProbeSender {
  const transports = new Map<string, Transport>();
  const to = (server: string): Transport => {
    const known = transports.get(server);
    if (known !== undefined) return known;
    const made = createTransport(accessAt(access, server, serverName), { ...options, connections: 1 });
    transports.set(server, made);
    return made;
  };
  return {
    send: async (server, { method, path, query, body, auditId }, signal) => {
      const request = { method, path, body, signal, timeoutMs: TIMEOUT_MS, headers: { 'audit-id': auditId } };
      try {
        await fenced(to(server)).json({ ...request, ...(query === undefined ? {} : { query }) });
      } catch (error) {
        if (!(error instanceof KubeError)) throw error;
      }
    },
    whoAmI: async (signal) => {
      const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
      const answer = await main.json<unknown>({ method: 'POST', path: SELF, body, signal, timeoutMs: TIMEOUT_MS });
      const { username, groups } = record(record(record(answer).status).userInfo);
      return { name: text(username), groups: texts(groups) };
    },
    close: async () => {
      await Promise.all([...transports.values()].map((transport) => transport.close()));
    },
  };
}

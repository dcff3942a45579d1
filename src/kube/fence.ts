import { UnreachableError } from './errors.ts';
import type { KubeRequest } from './request.ts';
import type { JsonTransport } from './transport.ts';

/**
 * A moment by both clocks of a process. The monotonic one stands still while the machine sleeps (CLOCK_MONOTONIC); the
 * other may be set.
 */
export interface Moment {
  readonly monotonicMs: number;
  readonly wallMs: number;
}

/**
 * By the clock that says more: neither a machine that slept nor a clock set back makes a leader's time last longer. Both
 * within one retry period would; then the API server's own precondition (resourceVersion, uid) is what remains.
 */
export const elapsedMs = (since: Moment, now: Moment): number =>
  Math.max(now.monotonicMs - since.monotonicMs, now.wallMs - since.wallMs);

/**
 * The same transport, which sends a write only while `mayWrite`. It is asked twice: at once, and in the moment in which
 * the request is put on the wire, since a process may be frozen while a request waits for a connection.
 */
export function fenced(transport: JsonTransport, mayWrite: () => boolean): JsonTransport {
  const refusal = ({ method, path }: KubeRequest) =>
    mayWrite() ? undefined : new UnreachableError('NOT_LEADING', method, path);
  return {
    host: transport.host,
    json: (request) => {
      if (request.method === 'GET') return transport.json(request);
      const now = refusal(request);
      return now === undefined ? transport.json({ ...request, refuse: () => refusal(request) }) : Promise.reject(now);
    },
  };
}

import { pathOf } from '../k8s/kind.ts';
import type { KubeObject } from '../k8s/object.ts';
import { isNotFound } from './errors.ts';
import { LEASE } from './leaseRecord.ts';
import type { JsonTransport, KubeRequest } from './transport.ts';

/** One Lease on the server. All reject as `JsonTransport.json` does. */
export interface LeaseLock {
  readonly namespace: string;
  readonly name: string;
  /** As new as any write acknowledged before; undefined when there is none. */
  read(signal: AbortSignal): Promise<KubeObject | undefined>;
  /** 409 AlreadyExists when somebody was faster. */
  create(lease: KubeObject, signal: AbortSignal): Promise<KubeObject>;
  /** 409 Conflict when somebody wrote since it was read: of two candidates one is refused. */
  update(lease: KubeObject, signal: AbortSignal): Promise<KubeObject>;
}

export interface LeaseLockOptions {
  readonly namespace: string;
  readonly name: string;
  readonly fieldManager: string;
  /** For each request. */
  readonly timeoutMs: number;
}

export function createLeaseLock(transport: JsonTransport, options: LeaseLockOptions): LeaseLock {
  const { namespace, name, fieldManager, timeoutMs } = options;
  const path = pathOf(LEASE, namespace, name);
  const query = { fieldManager, fieldValidation: 'Strict' };
  const send = (request: KubeRequest) => transport.json<KubeObject>({ ...request, timeoutMs });
  return {
    namespace,
    name,
    read: (signal) =>
      send({ method: 'GET', path, signal }).catch((error: unknown) => {
        if (isNotFound(error)) return undefined;
        throw error;
      }),
    create: (lease, signal) => send({ method: 'POST', path: pathOf(LEASE, namespace), query, body: lease, signal }),
    update: (lease, signal) => send({ method: 'PUT', path, query, body: lease, signal }),
  };
}

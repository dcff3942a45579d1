import { expect } from 'chai';
import { eventually } from '../../support/eventually.ts';
import type { KubeAdmin, RequestOptions } from '../../support/kubeAdmin.ts';
import type { World } from '../../support/world.ts';

/** How the attacker's client calls itself. */
export const MALLORY = 'mallory';

/** Writes that say by whom they are, and fail when they are refused. */
export interface Tampering {
  patch(path: string, body: unknown): Promise<void>;
  jsonPatch(path: string, body: readonly unknown[]): Promise<void>;
  post(path: string, body: unknown): Promise<void>;
  delete(path: string): Promise<void>;
}

/** The attacker THREATS.md thinks of first: holds the built-in ClusterRole `admin` in one namespace, and no more. */
export async function asTenant(world: World, namespace: string): Promise<KubeAdmin> {
  const user = `tenant-of-${namespace}`;
  const rbac = { apiGroup: 'rbac.authorization.k8s.io' };
  await world.admin.create({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { name: 'tenant', namespace },
    roleRef: { ...rbac, kind: 'ClusterRole', name: 'admin' },
    subjects: [{ ...rbac, kind: 'User', name: user }],
  });
  const tenant = world.admin.impersonating(user, ['system:authenticated']);
  // The authorizer hears of the binding by a watch of its own, and so do the rules that `admin` aggregates at the start.
  const missing = `/apis/networking.k8s.io/v1/namespaces/${namespace}/networkpolicies/nobody`;
  await eventually(async () => expect((await tenant.request('PATCH', missing, {})).status).to.equal(404));
  return tenant;
}

/** A client whose writes bear the attacker's field manager. */
export function tamperingWith(client: KubeAdmin): Tampering {
  const send = async (method: string, path: string, body?: unknown, options: RequestOptions = {}): Promise<void> => {
    const query = method === 'DELETE' ? {} : { fieldManager: MALLORY };
    const { status, body: answer } = await client.request(method, path, body, { query, ...options });
    if (status >= 400) throw new Error(`${method} ${path}: ${status} ${answer?.message}`);
  };
  return {
    patch: (path, body) => send('PATCH', path, body),
    jsonPatch: (path, body) => send('PATCH', path, body, { contentType: 'application/json-patch+json' }),
    post: (path, body) => send('POST', path, body),
    delete: (path) => send('DELETE', path),
  };
}

/** Acts while the operator's process is stopped, so that it sees everything at once, as when the tenant is faster. */
export async function whilePaused(world: World, act: () => Promise<void>): Promise<void> {
  const { pid } = world.operator();
  process.kill(pid, 'SIGSTOP');
  try {
    await act();
  } finally {
    process.kill(pid, 'SIGCONT');
  }
}

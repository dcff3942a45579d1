import type { KubeAdmin } from '../kubeAdmin.ts';
import type { ServerProcess } from './process.ts';
import { startProcess, waitUntilReady } from './process.ts';

// Far more than the seconds it takes: a loaded CI machine must not fail here.
const READY_WITHIN_MS = 60_000;
const STOP_GRACE_MS = 2_000;

/** Resolves when etcd serves, with the result of `work`, which runs while etcd starts. */
export async function startEtcd<T>(dir: string, binary: string, flags: readonly string[], port: number, work: () => T) {
  const etcd = await startProcess(dir, 'etcd', binary, flags);
  const meanwhile = work();
  await waitUntilReady(etcd, async () => (await fetch(`http://127.0.0.1:${port}/health`)).ok, READY_WITHIN_MS);
  return { etcd, meanwhile };
}

/** The one server that tests kill and start again. */
export interface ApiServer {
  start(): Promise<void>;
  kill(): Promise<void>;
  stop(): Promise<void>;
}

/** Describes an API server; start() resolves when /readyz says ok to the admin. */
export function apiServer(dir: string, binary: string, flags: readonly string[], admin: KubeAdmin): ApiServer {
  let running: ServerProcess | undefined;
  return {
    async start() {
      if (running && !running.hasExited()) return;
      const server = await startProcess(dir, 'kube-apiserver', binary, flags);
      running = server;
      const isReady = async () => (await admin.request('GET', '/readyz')).status === 200;
      await waitUntilReady(server, isReady, READY_WITHIN_MS);
    },
    kill: async () => running?.kill(),
    stop: async () => running?.stop(STOP_GRACE_MS),
  };
}

/** Resolves when the controllers work: the namespace "default" has got its ServiceAccount. */
export async function startControllerManager(dir: string, binary: string, flags: readonly string[], admin: KubeAdmin) {
  const manager = await startProcess(dir, 'kube-controller-manager', binary, flags);
  const path = '/api/v1/namespaces/default/serviceaccounts/default';
  await waitUntilReady(manager, async () => (await admin.request('GET', path)).status === 200, READY_WITHIN_MS);
  return manager;
}

/** Ends a server whose data nobody needs. */
export const stopServer = (server: ServerProcess): Promise<void> => server.stop(STOP_GRACE_MS);

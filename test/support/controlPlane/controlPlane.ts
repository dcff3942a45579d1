import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KubeAdmin } from '../kubeAdmin.ts';
import { kubeAdmin } from '../kubeAdmin.ts';
import type { Binaries } from './binaries.ts';
import { findBinaries } from './binaries.ts';
import type { ClusterFiles } from './files.ts';
import { writeClusterFiles } from './files.ts';
import { apiServerFlags, controllerManagerFlags, etcdFlags } from './flags.ts';
import type { Guard } from './guard.ts';
import { startGuard } from './guard.ts';
import { writeKubeconfig } from './kubeconfig.ts';
import type { IpFamily } from './network.ts';
import { clusterNetwork } from './network.ts';
import { freePorts } from './ports.ts';
import type { ServerProcess } from './process.ts';
import type { ApiServer } from './servers.ts';
import { apiServer, startControllerManager, startEtcd, stopServer } from './servers.ts';

/** A running Kubernetes control plane without nodes: etcd, kube-apiserver and kube-controller-manager. */
export interface ControlPlane {
  /** The temporary directory with data, keys, kubeconfigs and the servers' logs. */
  readonly dir: string;
  readonly url: string;
  readonly caPem: string;
  /** Path of the admin's kubeconfig (group system:masters). */
  readonly kubeconfig: string;
  /** Path of the audit log; auditLog.ts reads it. */
  readonly auditLogPath: string;
  /**
   * Path of a kubeconfig with a real token (TokenRequest, one hour) of a ServiceAccount.
   * @throws KubeAdminError when the ServiceAccount does not exist
   */
  serviceAccountKubeconfig(namespace: string, name: string): Promise<string>;
  /** SIGKILL to the API server alone; resolves when it is gone. */
  killApiServer(): Promise<void>;
  /** The API server again, on the same port and data; resolves when /readyz says ok. No-op while it runs. */
  startApiServer(): Promise<void>;
  /** Ends every server and removes `dir`. May be called twice. */
  stop(): Promise<void>;
}

export interface ControlPlaneOptions {
  /** Also run kube-controller-manager: default ServiceAccounts, garbage collection, namespaces that end. Default true. */
  readonly controllerManager?: boolean;
  /** Family of the Services and of the advertised address; the servers listen on 127.0.0.1 all the same. Default ipv4. */
  readonly ipFamily?: IpFamily;
  /** More flags for kube-apiserver; a flag given here wins over ours. */
  readonly apiServerFlags?: readonly string[];
  /** Leave `dir` behind after stop(), for its logs. */
  readonly keepDir?: boolean;
  /** Hears of builds; stderr unless given. */
  readonly log?: (line: string) => void;
}

const ATTEMPTS = 3;

/**
 * Starts a control plane of its own: ports, authority, data and directory are shared with no other one. Resolves when
 * the API server is ready and, with a controller manager, the first ServiceAccount exists. If this process dies, in
 * whatever way, the servers end with it.
 * @throws when there are no binaries (the message lists the ways to get them) or a server does not start (its log's end)
 */
export async function startControlPlane(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const binaries = await findBinaries(options.log ? { log: options.log } : {});
  for (let attempt = 1; ; attempt++) {
    try {
      return await startOnce(binaries, options);
    } catch (error) {
      // Another process may have taken a port between our look and the server's bind.
      if (attempt === ATTEMPTS || !/address already in use/.test(String(error))) throw error;
    }
  }
}

async function startOnce(binaries: Binaries, options: ControlPlaneOptions): Promise<ControlPlane> {
  const dir = mkdtempSync(join(tmpdir(), 'drawbridge-controlplane-'));
  const guard = startGuard(dir, { keepDir: options.keepDir ?? false });
  try {
    return await startServers(dir, binaries, options, guard);
  } catch (error) {
    await guard.release();
    throw error;
  }
}

async function startServers(dir: string, binaries: Binaries, options: ControlPlaneOptions, guard: Guard) {
  const [port = 0, etcdPort = 0] = await freePorts(2);
  const url = `https://127.0.0.1:${port}`;
  const network = clusterNetwork(options.ipFamily ?? 'ipv4');
  // While etcd starts.
  const writeFiles = () => writeClusterFiles(dir, url, network);
  const { etcd, meanwhile: files } = await startEtcd(
    dir,
    binaries.etcd,
    etcdFlags(dir, etcdPort),
    etcdPort,
    writeFiles,
  );
  const admin = kubeAdmin(files.adminKubeconfig);
  const flags = [...apiServerFlags(files, network, port, etcdPort), ...(options.apiServerFlags ?? [])];
  const api = apiServer(dir, binaries.kubeApiserver, flags, admin);
  await api.start();
  const manager =
    options.controllerManager === false
      ? undefined
      : await startControllerManager(dir, managerBinary(binaries), controllerManagerFlags(files), admin);
  return controlPlane({ dir, url, files, admin, api, manager, etcd, guard });
}

function managerBinary({ kubeControllerManager }: Binaries): string {
  if (kubeControllerManager) return kubeControllerManager;
  throw new Error(
    'KUBEBUILDER_ASSETS has no kube-controller-manager. Put one of the same version beside kube-apiserver, ' +
      'or unset KUBEBUILDER_ASSETS to have all of them built with Go.',
  );
}

interface Parts {
  readonly dir: string;
  readonly url: string;
  readonly files: ClusterFiles;
  readonly admin: KubeAdmin;
  readonly api: ApiServer;
  readonly manager: ServerProcess | undefined;
  readonly etcd: ServerProcess;
  readonly guard: Guard;
}

function controlPlane({ dir, url, files, admin, api, manager, etcd, guard }: Parts): ControlPlane {
  let stopped: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    await Promise.all([admin.close(), api.stop(), manager && stopServer(manager)]);
    await stopServer(etcd); // last: the others would wait for it
    await guard.release();
  };
  return {
    dir,
    url,
    caPem: files.caPem,
    kubeconfig: files.adminKubeconfig,
    auditLogPath: files.auditLog,
    async serviceAccountKubeconfig(namespace, name) {
      const path = join(dir, `${namespace}.${name}.kubeconfig`);
      writeKubeconfig(path, url, files.caPem, { token: await requestToken(admin, namespace, name) });
      return path;
    },
    killApiServer: () => api.kill(),
    startApiServer: () => api.start(),
    stop() {
      stopped ??= stop();
      return stopped;
    },
  };
}

const TOKEN_LIFETIME_SECONDS = 3600;

async function requestToken(admin: KubeAdmin, namespace: string, name: string): Promise<string> {
  const review = await admin.post(`/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`, {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: { expirationSeconds: TOKEN_LIFETIME_SECONDS },
  });
  return review.status.token;
}

import { mkdirSync, mkdtempSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import { findBinaries } from '../controlPlane/binaries.ts';
import type { ClusterFiles } from '../controlPlane/files.ts';
import { writeClusterFiles } from '../controlPlane/files.ts';
import { apiServerFlags, etcdFlags } from '../controlPlane/flags.ts';
import { startGuard } from '../controlPlane/guard.ts';
import { writeKubeconfig } from '../controlPlane/kubeconfig.ts';
import type { ClusterNetwork } from '../controlPlane/network.ts';
import { clusterNetwork } from '../controlPlane/network.ts';
import { freePorts } from '../controlPlane/ports.ts';
import { startEtcd, stopServer } from '../controlPlane/servers.ts';
import { eventually } from '../eventually.ts';
import type { KubeAdmin } from '../kubeAdmin.ts';
import { kubeAdmin } from '../kubeAdmin.ts';
import type { Kubelet } from './kubelet.ts';
import { startKubelet } from './kubelet.ts';

/** A control-plane node whose API server is a static pod. */
export interface ControlPlaneNode {
  readonly name: string;
  readonly url: string;
  readonly manifestFile: string;
  readonly policyFile: string;
  readonly auditLog: string;
  /** Talks to this node's server alone. */
  readonly admin: KubeAdmin;
  readonly kubelet: Kubelet;
  isReady(): Promise<boolean>;
}

/** Control-plane nodes on one etcd. */
export interface Nodes {
  readonly dir: string;
  readonly nodes: readonly ControlPlaneNode[];
  /** A kubeconfig with a token of a ServiceAccount, for the server of a node. */
  kubeconfigOf(node: ControlPlaneNode, namespace: string, account: string): Promise<string>;
  stop(): Promise<void>;
}

/** A policy text that holds this is one that the servers here end with, and that nobody else can know to be bad. */
export const POISON = 'poisoned-user';

const READY_WITHIN_MS = 60_000;
const TOKEN_SECONDS = 3600;

/** Starts them with a policy; resolves when all are ready. If this process dies, all of it ends. */
export async function startNodes(count: number, policy: string): Promise<Nodes> {
  const binaries = await findBinaries();
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'drawbridge-nodes-')));
  const guard = startGuard(dir);
  const [etcdPort = 0, ...ports] = await freePorts(count + 1);
  const network = clusterNetwork('ipv4');
  const url = `https://127.0.0.1:${ports[0]}`;
  const nodes: ControlPlaneNode[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(nodes.flatMap(({ admin, kubelet }) => [admin.close(), kubelet.stop()]));
    await guard.release();
  };
  try {
    const { etcd, meanwhile: files } = await startEtcd(dir, binaries.etcd, etcdFlags(dir, etcdPort), etcdPort, () =>
      writeClusterFiles(dir, url, network),
    );
    const programs = { 'kube-apiserver': binaries.kubeApiserver };
    for (const [index, port] of ports.entries()) {
      nodes.push(await startNode({ dir, files, network, policy, programs, port, etcdPort, name: `node-${index + 1}` }));
    }
    await Promise.all(nodes.map((node) => becomesReady(node)));
    return {
      dir,
      nodes,
      kubeconfigOf: (node, namespace, account) => tokenKubeconfig(dir, files, node, namespace, account),
      stop: async () => {
        try {
          await Promise.all(nodes.flatMap(({ admin, kubelet }) => [admin.close(), kubelet.stop()]));
          await stopServer(etcd);
        } finally {
          await guard.release();
        }
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

export const becomesReady = (node: ControlPlaneNode): Promise<void> =>
  eventually(
    async () => {
      if (!(await node.isReady())) throw new Error(`${node.name} is not ready`);
    },
    { withinMs: READY_WITHIN_MS },
  );

interface NodeParts {
  readonly dir: string;
  readonly files: ClusterFiles;
  readonly network: ClusterNetwork;
  readonly policy: string;
  readonly programs: Readonly<Record<string, string>>;
  readonly port: number;
  readonly etcdPort: number;
  readonly name: string;
}

async function startNode({ dir, files, network, policy, programs, port, etcdPort, name }: NodeParts) {
  const manifestDir = join(dir, name, 'manifests');
  const policyFile = join(dir, name, 'audit', 'policy.yaml');
  const manifestFile = join(manifestDir, 'kube-apiserver.yaml');
  const auditLog = join(dir, `${name}-audit.log`);
  mkdirSync(manifestDir, { recursive: true });
  mkdirSync(dirname(policyFile), { recursive: true });
  writeFileSync(auditLog, '');
  writeFileSync(policyFile, policy, { mode: 0o600 });
  const flags = [
    ...apiServerFlags(files, network, port, etcdPort).filter((flag) => !/^--audit-(policy|log-path)/.test(flag)),
    `--audit-policy-file=${policyFile}`,
    `--audit-log-path=${auditLog}`,
  ];
  writeFileSync(manifestFile, manifestOf(flags, dirname(policyFile)), { mode: 0o600 });
  const url = `https://127.0.0.1:${port}`;
  const adminKubeconfig = join(dir, `${name}-admin.kubeconfig`);
  writeFileSync(adminKubeconfig, urlReplaced(files.adminKubeconfig, url), { mode: 0o600 });
  const admin = kubeAdmin(adminKubeconfig);
  const gate = `! grep -q ${POISON} '${policyFile}'`;
  return {
    name,
    url,
    manifestFile,
    policyFile,
    auditLog,
    admin,
    kubelet: startKubelet({ dir, node: name, manifestDir, programs, gate }),
    isReady: () =>
      admin.request('GET', '/readyz').then(
        ({ status }) => status === 200,
        () => false,
      ),
  };
}

const urlReplaced = (kubeconfig: string, url: string): string =>
  readFileSync(kubeconfig, 'utf8').replace(/https:\/\/127\.0\.0\.1:\d+/, url);

/** The manifest of a server with these flags, as kubeadm writes it, with a comment for good measure. */
export const manifestOf = (flags: readonly string[], policyDir: string): string =>
  `# Made for a test.
${stringify({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    annotations: { 'kubeadm.kubernetes.io/kube-apiserver.advertise-address.endpoint': '192.0.2.10:6443' },
    labels: { component: 'kube-apiserver', tier: 'control-plane' },
    name: 'kube-apiserver',
    namespace: 'kube-system',
  },
  spec: {
    containers: [
      {
        command: ['kube-apiserver', ...flags],
        image: 'registry.k8s.io/kube-apiserver',
        name: 'kube-apiserver',
        volumeMounts: [{ mountPath: policyDir, name: 'audit', readOnly: true }],
      },
    ],
    hostNetwork: true,
    volumes: [{ hostPath: { path: policyDir, type: 'Directory' }, name: 'audit' }],
  },
})}`;

async function tokenKubeconfig(
  dir: string,
  { caPem }: ClusterFiles,
  { admin, name, url }: ControlPlaneNode,
  namespace: string,
  account: string,
): Promise<string> {
  const { status } = await admin.post(`/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`, {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: { expirationSeconds: TOKEN_SECONDS },
  });
  const path = join(dir, `${name}-${account}.kubeconfig`);
  writeKubeconfig(path, url, caPem, { token: status.token });
  return path;
}

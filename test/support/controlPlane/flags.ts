import { join } from 'node:path';
import type { ClusterFiles } from './files.ts';
import type { ClusterNetwork } from './network.ts';

/** etcd for data nobody needs after the test: no fsync, loopback only, 8 GB so that benchmarks fit. */
export function etcdFlags(dir: string, port: number): readonly string[] {
  const url = `http://127.0.0.1:${port}`;
  return [
    `--data-dir=${join(dir, 'etcd')}`,
    '--unsafe-no-fsync',
    `--listen-client-urls=${url}`,
    `--advertise-client-urls=${url}`,
    // A single member dials no peer: any free port will do.
    '--listen-peer-urls=http://127.0.0.1:0',
    '--quota-backend-bytes=8589934592',
    '--log-level=warn',
  ];
}

/** kube-apiserver as kubeadm starts it (kubernetes/cmd/kubeadm/app/phases/controlplane), on 127.0.0.1. */
export function apiServerFlags(
  files: ClusterFiles,
  network: ClusterNetwork,
  port: number,
  etcdPort: number,
): readonly string[] {
  return [
    '--bind-address=127.0.0.1',
    `--secure-port=${port}`,
    `--advertise-address=${network.advertiseAddress}`,
    `--etcd-servers=http://127.0.0.1:${etcdPort}`,
    `--service-cluster-ip-range=${network.serviceRange}`,
    `--tls-cert-file=${files.serverCert}`,
    `--tls-private-key-file=${files.serverKey}`,
    `--client-ca-file=${files.ca}`,
    '--service-account-issuer=https://kubernetes.default.svc.cluster.local',
    `--service-account-key-file=${files.serviceAccountPublicKey}`,
    `--service-account-signing-key-file=${files.serviceAccountKey}`,
    '--authorization-mode=Node,RBAC',
    '--enable-admission-plugins=NodeRestriction',
    '--enable-bootstrap-token-auth=true',
    '--allow-privileged=true',
    '--profiling=false',
    `--audit-policy-file=${files.auditPolicy}`,
    `--audit-log-path=${files.auditLog}`,
    // Blocking: an event is in the file by the time its handler ends, not up to a batch later.
    '--audit-log-mode=blocking',
    // Rotation would hide events from readWrites; 0 means "never" only in new versions.
    '--audit-log-maxsize=1000000',
  ];
}

/** kube-controller-manager with every default controller, each as its own ServiceAccount, and no port at all. */
export function controllerManagerFlags(files: ClusterFiles): readonly string[] {
  return [
    `--kubeconfig=${files.controllerManagerKubeconfig}`,
    `--authentication-kubeconfig=${files.controllerManagerKubeconfig}`,
    `--authorization-kubeconfig=${files.controllerManagerKubeconfig}`,
    `--root-ca-file=${files.ca}`,
    `--service-account-private-key-file=${files.serviceAccountKey}`,
    '--use-service-account-credentials=true',
    '--controllers=*,bootstrap-signer-controller,token-cleaner-controller',
    '--leader-elect=false',
    '--secure-port=0',
    '--profiling=false',
    // The default of 20 a second makes thousands of namespaces wait for their default ServiceAccount and their end.
    '--kube-api-qps=500',
    '--kube-api-burst=1000',
  ];
}

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createCertificateAuthority, createSigningKey } from './certificates.ts';
import { writeKubeconfig } from './kubeconfig.ts';
import type { ClusterNetwork } from './network.ts';

/** The files the servers of one control plane share. All but the audit log are written before they start. */
export interface ClusterFiles {
  readonly caPem: string;
  readonly ca: string;
  readonly serverCert: string;
  readonly serverKey: string;
  readonly serviceAccountKey: string;
  readonly serviceAccountPublicKey: string;
  readonly auditPolicy: string;
  readonly auditLog: string;
  readonly adminKubeconfig: string;
  readonly controllerManagerKubeconfig: string;
}

// Writes by anyone; reads by ServiceAccounts too, except those of the controller manager's many controllers.
const AUDIT_POLICY = `apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived, ResponseStarted]
omitManagedFields: true
rules:
  - level: Metadata
    verbs: [create, update, patch, delete, deletecollection]
  - level: None
    userGroups: ["system:serviceaccounts:kube-system"]
  - level: Metadata
    userGroups: ["system:serviceaccounts"]
  - level: None
`;

/** Makes an authority, keys, certificates, kubeconfigs and the audit policy in `dir`. */
export function writeClusterFiles(dir: string, url: string, network: ClusterNetwork): ClusterFiles {
  const write = (name: string, content: string): string => {
    const path = join(dir, name);
    writeFileSync(path, content, { mode: 0o600 });
    return path;
  };
  const kubeconfig = (name: string, commonName: string, organizations: readonly string[] = []): string => {
    const path = join(dir, name);
    writeKubeconfig(path, url, authority.certPem, authority.issue({ commonName, organizations }));
    return path;
  };
  const service = [
    'kubernetes',
    'kubernetes.default',
    'kubernetes.default.svc',
    'kubernetes.default.svc.cluster.local',
  ];
  const addresses = ['127.0.0.1', network.apiServiceAddress, network.advertiseAddress];

  const authority = createCertificateAuthority('drawbridge-test-ca');
  const server = authority.issue({ commonName: 'kube-apiserver', hosts: ['localhost', ...service, ...addresses] });
  const tokens = createSigningKey();
  return {
    caPem: authority.certPem,
    ca: write('ca.crt', authority.certPem),
    serverCert: write('apiserver.crt', server.certPem),
    serverKey: write('apiserver.key', server.keyPem),
    serviceAccountKey: write('sa.key', tokens.privatePem),
    serviceAccountPublicKey: write('sa.pub', tokens.publicPem),
    auditPolicy: write('audit-policy.yaml', AUDIT_POLICY),
    auditLog: write('audit.log', ''),
    adminKubeconfig: kubeconfig('admin.kubeconfig', 'kubernetes-admin', ['system:masters']),
    controllerManagerKubeconfig: kubeconfig('controller-manager.kubeconfig', 'system:kube-controller-manager'),
  };
}

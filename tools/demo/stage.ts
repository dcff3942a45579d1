import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ownProcess } from '../../test/agents/receiver/ownProcess.ts';
import { createPremises, TOKEN } from '../../test/agents/receiver/running.ts';
import { writeKubeconfig } from '../../test/support/controlPlane/kubeconfig.ts';
import type { KubeAdmin } from '../../test/support/kubeAdmin.ts';
import type { World } from '../../test/support/world.ts';
import { startWorld } from '../../test/support/world.ts';
import { RUNTIME } from '../bundle/runtime.ts';
import { progress } from './screen.ts';

export const SAMPLES = fileURLToPath(new URL('../../manifests/samples/', import.meta.url));
export const BUNDLE = fileURLToPath(new URL('../../dist/drawbridge.js', import.meta.url));

/** The tenants of the demo's cluster, and who is one of them. */
export const NAMESPACES: readonly (readonly [name: string, labels: Readonly<Record<string, string>>])[] = [
  ['payments', { baseline: 'restricted', team: 'payments' }],
  ['checkout', { baseline: 'restricted', team: 'shop' }],
  ['catalog', { baseline: 'restricted', team: 'shop' }],
  ['search', { baseline: 'restricted', team: 'shop' }],
  ['billing', { baseline: 'restricted', team: 'payments' }],
  ['reports', { baseline: 'restricted', team: 'data' }],
  ['sandbox-mia', { baseline: 'restricted', team: 'shop' }],
];
/** Without the sandbox, which the sample leaves out. */
export const GOVERNED_NAMES = NAMESPACES.map(([name]) => name).filter((name) => !name.startsWith('sandbox-'));

export interface Stage {
  readonly world: World;
  /** The file that the API server reads its audit policy from, at its start. */
  readonly policyFile: string;
  close(): Promise<void>;
}

/**
 * A real control plane that sends its audit events to the bundled receiver, with Drawbridge installed and the bundled
 * operator running under its shipped rights.
 */
export async function setStage(): Promise<Stage> {
  progress('starting etcd, kube-apiserver, kube-controller-manager and an audit receiver');
  const premises = createPremises();
  const policyFile = join(premises.dir, 'policy.yaml');
  writeFileSync(policyFile, FOUND_POLICY);
  const receiver = await ownProcess(premises, [], [BUNDLE, 'audit-receiver']);
  const leave = async (): Promise<void> => {
    await receiver.evidence.close();
    await receiver.kill();
    premises.remove();
  };
  try {
    await receiver.start();
    const webhook = join(premises.dir, 'webhook.kubeconfig');
    writeKubeconfig(webhook, receiver.webhook, premises.serverCa.certPem, { token: TOKEN });
    const world = await startWorld({
      program: BUNDLE,
      ...RUNTIME,
      controlPlane: {
        log: progress,
        apiServerFlags: [
          `--audit-policy-file=${policyFile}`,
          `--audit-webhook-config-file=${webhook}`,
          '--audit-webhook-batch-max-wait=200ms',
        ],
      },
      operatorArgs: ({ url }) => [
        `--audit-evidence-url=${receiver.evidenceUrl}`,
        `--audit-probe-server=${url}`,
        '--audit-probe-interval=2s',
      ],
    });
    await world.admin.create(DNS);
    for (const [name, labels] of NAMESPACES) await world.namespace(name, labels);
    const close = async (): Promise<void> => {
      await world.close();
      await leave();
    };
    return { world, policyFile, close };
  } catch (error) {
    await leave();
    throw error;
  }
}

/** As many clusters have it: who asked for what, of everything. */
const FOUND_POLICY =
  'apiVersion: audit.k8s.io/v1\nkind: Policy\nomitStages: [RequestReceived]\nrules: [{level: Metadata}]\n';

/** A cluster without nodes has no DNS; this is the Service that every real one has. */
const DNS = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'kube-dns', namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } },
  spec: {
    selector: { 'k8s-app': 'kube-dns' },
    ports: [
      { name: 'dns', port: 53, protocol: 'UDP' },
      { name: 'dns-tcp', port: 53, protocol: 'TCP' },
    ],
  },
};

/** Somebody who administers one namespace and nothing else: the built-in ClusterRole `admin`. */
export async function tenant(admin: KubeAdmin, user: string, namespace: string): Promise<KubeAdmin> {
  await admin.create({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { name: `${user}-is-admin`, namespace },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'admin' },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: user }],
  });
  return admin.impersonating(user);
}

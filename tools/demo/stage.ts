import { fileURLToPath } from 'node:url';
import type { KubeAdmin } from '../../test/support/kubeAdmin.ts';
import type { World } from '../../test/support/world.ts';
import { startWorld } from '../../test/support/world.ts';
import { RUNTIME } from '../bundle/runtime.ts';
import { progress } from './screen.ts';

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
export const GOVERNED = NAMESPACES.length - 1;

/** A real control plane with Drawbridge installed and the bundled operator running under its shipped rights. */
export async function setStage(): Promise<World> {
  progress('starting etcd, kube-apiserver and kube-controller-manager');
  const world = await startWorld({
    program: BUNDLE,
    ...RUNTIME,
    controlPlane: { log: progress },
  });
  await world.admin.create(DNS);
  for (const [name, labels] of NAMESPACES) await world.namespace(name, labels);
  return world;
}

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

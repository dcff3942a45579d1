import type { KubeObject, Labels } from '../../../src/k8s/object.ts';

/** A pod of the namespace payments. */
export const pod = (name: string, labels: Labels = {}, spec: object = {}, meta: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'payments', labels, ...meta },
  spec: { containers: [{ name: 'main', image: 'none' }], ...spec },
});

/** As the controllers make it, and as owners are written. */
export const ownedBy = (kind: string, name: string): object => ({
  ownerReferences: [{ apiVersion: 'apps/v1', kind, name, uid: `uid-${name}`, controller: true }],
});

/** What makes pods with these labels. */
export const workload = (kind: string, name: string, labels: Labels, spec: object = {}): KubeObject => ({
  apiVersion: 'apps/v1',
  kind,
  metadata: { name, namespace: 'payments' },
  spec: { template: { metadata: { labels }, spec: { containers: [{ name: 'main', image: 'none' }], ...spec } } },
});

export const ON_HOST = { hostNetwork: true };
export const HOST_PATH = { volumes: [{ name: 'host', hostPath: { path: '/var/log' } }] };

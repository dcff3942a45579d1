import fc from 'fast-check';
import { kindRow, WORKLOAD_KINDS } from '../../../src/core/kinds/kinds.ts';
import { apiVersionOf } from '../../../src/k8s/kind.ts';
import type { KubeObject } from '../../../src/k8s/object.ts';
import { labels } from './labels.ts';

/** Pods that keep every level, break one, are a part of their node, or that nobody would write. */
const podSpec = fc.constantFrom<object>(
  { containers: [{ name: 'app' }] },
  { containers: [{ name: 'app', securityContext: { privileged: true } }] },
  { containers: [{ name: 'app', ports: [{ hostPort: 80 }] }], hostNetwork: true },
  { containers: [{ name: 'app' }], volumes: [{ name: 'v', hostPath: { path: '/' } }] },
  { containers: 'none', hostPID: 'yes' },
  {},
);

/** Owners that are known, are not there, or are of a kind that nobody here knows. */
const owner = fc.constantFrom<object>(
  {},
  {},
  ...['ReplicaSet', 'Deployment', 'Rollout', 'Pod'].map((kind) => ({
    ownerReferences: [{ apiVersion: 'any/v1', kind, name: 'a', uid: 'u', controller: true }],
  })),
);

const contentOf = (kind: string, spec: object, has: object): object => {
  const template = { metadata: { labels: has }, spec };
  if (kind === 'Pod') return { spec };
  return { spec: kind === 'CronJob' ? { jobTemplate: { spec: { template } } } : { template } };
};

/** A workload of the namespace payments. */
export const workloadObject: fc.Arbitrary<KubeObject> = fc
  .record({ kind: fc.constantFrom(...WORKLOAD_KINDS), name: fc.constantFrom('a', 'b'), has: labels, podSpec, owner })
  .map(({ kind, name, has, podSpec: spec, owner: by }) => ({
    apiVersion: apiVersionOf(kindRow(kind)),
    kind,
    metadata: { name, namespace: 'payments', labels: has, ...by },
    ...contentOf(kind, spec, has),
  }));

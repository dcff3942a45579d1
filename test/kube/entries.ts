import type { Entry } from '../../src/k8s/entry.ts';
import { entryOf } from '../../src/k8s/entry.ts';
import type { KubeObject } from '../../src/k8s/object.ts';
import type { Watched } from '../../src/kube/watchEvent.ts';

/** NetworkPolicies with their whole spec. */
export const POLICIES: Watched = {
  kind: 'NetworkPolicy',
  group: 'networking.k8s.io',
  version: 'v1',
  plural: 'networkpolicies',
  namespaced: true,
  project: (raw) => ({ body: raw.spec }),
};

export const POLICIES_PATH = '/apis/networking.k8s.io/v1/networkpolicies';

/** A route of the fake server. */
export const policyRoute = (name: string, namespace = 'default') => ({
  collection: 'networking.k8s.io/networkpolicies',
  apiVersion: 'networking.k8s.io/v1',
  namespace,
  name,
});

export const policy = (name: string, spec: object = {}, namespace = 'default'): KubeObject => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name, namespace },
  spec,
});

/** An entry as a watch would bring it. */
export function entry(name: string, resourceVersion: number | string, more: Partial<Entry> = {}): Entry {
  const raw = { ...policy(name), metadata: { name, namespace: 'default', uid: name } };
  return { ...entryOf('NetworkPolicy', raw, { body: {} }), resourceVersion: String(resourceVersion), ...more };
}

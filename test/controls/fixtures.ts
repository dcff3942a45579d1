import type { NetworkSpec, RbacSpec } from '../../src/api/types.ts';
import type { Built, Wanted } from '../../src/core/control/control.ts';
import type { View } from '../../src/core/control/view.ts';
import { viewOf } from '../../src/core/control/view.ts';
import type { Facts } from '../../src/core/facts/facts.ts';
import type { Held } from '../../src/core/govern/held.ts';
import type { NamespaceBody } from '../../src/core/model/bodies.ts';
import type { Finding } from '../../src/core/model/finding.ts';
import type { Entry } from '../../src/k8s/entry.ts';
import type { KubeObject, Labels } from '../../src/k8s/object.ts';
import { projected, projectedIndex } from '../core/projectedIndex.ts';

/** A cluster with two API servers, kube-dns and a node-local cache, as kubeadm makes it. */
export const KNOWN: Facts = {
  apiServer: {
    known: true,
    value: { destinations: [{ addresses: ['10.96.0.1', '192.168.0.10', 'fd00::1'], ports: [443, 6443] }] },
  },
  dns: {
    known: true,
    value: {
      services: [
        { namespace: 'kube-system', name: 'kube-dns', podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } } },
      ],
      addresses: ['10.96.0.10', '169.254.20.10', 'fd00::a'],
      ports: [
        { protocol: 'TCP', port: 53 },
        { protocol: 'UDP', port: 53 },
      ],
    },
  },
  grantable: {
    known: true,
    value: [{ apiGroups: [''], resources: ['pods', 'services', 'pods/log'], verbs: ['get', 'list', 'watch'] }],
  },
  clusterRoles: { known: true, value: {} },
  callbacks: { known: true, value: {} },
  otherPolicyApis: { known: true, value: [] },
  serverMinor: { known: true, value: 36 },
};

export const UNKNOWN = { known: false, why: 'nobody said' } as const;

export interface ViewParts {
  readonly objects?: readonly KubeObject[];
  readonly facts?: Partial<Facts>;
  readonly labels?: Labels;
  readonly namespace?: string;
  readonly held?: Held;
  readonly claim?: Partial<View['claim']>;
  /** Kinds that are not known yet. */
  readonly unknown?: readonly string[];
}

/** The view of a namespace, called payments unless said otherwise. */
export function viewWith(parts: ViewParts = {}): View {
  const { objects = [], facts = {}, labels = {}, namespace = 'payments', held = [], claim = {}, unknown = [] } = parts;
  const raw: KubeObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels } };
  const knows = (kind: string): boolean => !unknown.includes(kind);
  const entry = projected(raw) as Entry<NamespaceBody>;
  const view = viewOf(projectedIndex(objects), entry, { ...KNOWN, ...facts }, held, knows);
  return { ...view, claim: { ...view.claim, ...claim } };
}

export const DENY_BOTH: NetworkSpec = { defaultDeny: ['Ingress', 'Egress'] };

export const network = (spec: Partial<NetworkSpec>): NetworkSpec => ({ ...DENY_BOTH, ...spec });
export const rbac = (spec: RbacSpec): RbacSpec => spec;

/** A NetworkPolicy of somebody else in the namespace payments. */
export const policy = (name: string, spec: unknown, metadata: object = {}): KubeObject => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name, namespace: 'payments', ...metadata },
  spec,
});

export const OURS = { labels: { 'app.kubernetes.io/managed-by': 'drawbridge' } };

/** The spec of the only wanted object. */
export function onlySpec(built: Built): unknown {
  if (built.wanted.length !== 1) throw new Error(`${built.wanted.length} objects are wanted`);
  return built.wanted[0]?.body.spec;
}

export const names = (wanted: readonly Wanted[]): readonly string[] => wanted.map(({ name }) => name);
export const reasons = (findings: readonly Finding[] | undefined): readonly string[] =>
  (findings ?? []).map(({ reason }) => reason);

/** A finding as `result/severity reason ref`, for comparing several at once. */
export const brief = ({ result, severity, reason, ref }: Finding): string =>
  `${result}/${severity} ${reason} ${ref.kind} ${ref.name}`;

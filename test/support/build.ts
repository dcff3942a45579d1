import type { NetworkSpec, RbacSpec, SecurityBaselineSpec, SecurityBaselineStatus } from '../../src/api/types.ts';
import type { Facts } from '../../src/core/facts/facts.ts';
import type { Baseline } from '../../src/core/govern/baseline.ts';
import { govern } from '../../src/core/govern/govern.ts';
import type { Governance } from '../../src/core/govern/governance.ts';
import type { Held } from '../../src/core/govern/held.ts';
import { kindRow } from '../../src/core/kinds/kinds.ts';
import type { BaselineBody, NamespaceBody } from '../../src/core/model/bodies.ts';
import type { Finding } from '../../src/core/model/finding.ts';
import type { Entry } from '../../src/k8s/entry.ts';
import { entryOf } from '../../src/k8s/entry.ts';
import { apiVersionOf } from '../../src/k8s/kind.ts';
import type { KubeObject, Labels } from '../../src/k8s/object.ts';

/** The operator's namespace in unit tests. */
export const OWN = 'drawbridge-system';
export const PROD: Labels = { env: 'prod' };
export const DENY_ALL: NetworkSpec = { defaultDeny: ['Ingress', 'Egress'] };
export const VIEWER: RbacSpec = {
  roles: [{ name: 'viewer', rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch'] }] }],
  roleBindings: [
    { name: 'viewers', roleRef: { kind: 'Role', name: 'viewer' }, subjects: [{ kind: 'Group', name: 'team-a' }] },
  ],
};

/** A cluster of which everything is known. */
export const FACTS: Facts = {
  apiServer: {
    known: true,
    value: { destinations: [{ addresses: ['10.96.0.1', '192.168.0.10'], ports: [443, 6443] }] },
  },
  dns: { known: true, value: { services: [], addresses: ['10.96.0.10'], ports: [{ protocol: 'UDP', port: 53 }] } },
  grantable: {
    known: true,
    value: [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch'] }],
  },
  clusterRoles: { known: true, value: {} },
  callbacks: { known: true, value: {} },
  otherPolicyApis: { known: true, value: [] },
  serverMinor: { known: true, value: 36 },
};

/** An enforcing spec that selects env=prod and declares a default deny, changed by `more`. */
export const specOf = (more: Partial<SecurityBaselineSpec> = {}): SecurityBaselineSpec => ({
  enforcement: 'Enforce',
  namespaceSelector: { matchLabels: PROD },
  network: DENY_ALL,
  ...more,
});

/** A baseline with this spec and nothing else. */
export const baselineWith = (
  name: string,
  spec: SecurityBaselineSpec,
  more: Partial<Omit<Baseline, 'name' | 'spec'>> = {},
): Baseline => ({
  name,
  uid: `uid-${name}`,
  generation: 1,
  createdAt: '2026-01-01T00:00:00Z',
  releasing: false,
  ...more,
  spec,
});

/** One whose spec `specOf` completes. */
export const baseline = (
  name: string,
  spec: Partial<SecurityBaselineSpec> = {},
  more: Partial<Omit<Baseline, 'name' | 'spec'>> = {},
): Baseline => baselineWith(name, specOf(spec), more);

/** The same without one of its sections. */
export const withoutSection = (whole: Baseline, section: 'network' | 'rbac'): Baseline => {
  const { [section]: _gone, ...spec } = whole.spec;
  return { ...whole, spec };
};

export const governed = (
  baselines: readonly Baseline[],
  name = 'payments',
  labels: Labels = PROD,
  held: Held = [],
): Governance => govern(baselines, { name, labels }, held, OWN);

/** What a namespace is held to after `by` had selected it by env=prod. */
export const heldBy = (by: Baseline, section: 'network' | 'rbac' = 'network'): Held => [
  { section, baseline: by.name, baselineUid: by.uid, selectedBy: [{ key: 'env', value: 'prod' }] },
];

/** An object of any kind as the operator keeps it. */
export function entry(kind: string, name: string, content: object = {}, meta: object = {}): Entry {
  const row = kindRow(kind);
  const raw: KubeObject = {
    apiVersion: apiVersionOf(row),
    kind,
    metadata: {
      name,
      ...(row.namespaced ? { namespace: 'payments' } : {}),
      uid: `uid-${name}`,
      resourceVersion: '1',
      ...meta,
    },
    ...content,
  };
  const kept = row.project(raw, JSON.stringify(raw).length);
  if (kept === undefined) throw new Error(`${kind} ${name} is not kept`);
  return entryOf(kind, raw, kept);
}

export const namespaceEntry = (name: string, labels: Labels = PROD, meta: object = {}): Entry<NamespaceBody> =>
  entry('Namespace', name, {}, { labels, ...meta }) as Entry<NamespaceBody>;

export const baselineEntry = (
  { name, uid, generation, createdAt, spec }: Baseline,
  meta: object = {},
  status?: SecurityBaselineStatus,
): Entry<BaselineBody> =>
  entry(
    'SecurityBaseline',
    name,
    { spec, ...(status === undefined ? {} : { status }) },
    {
      uid,
      generation,
      creationTimestamp: createdAt,
      ...meta,
    },
  ) as Entry<BaselineBody>;

export const finding = (more: Partial<Finding> = {}): Finding => ({
  control: 'network.foreign-policies',
  check: 'SB-NET-004',
  severity: 'high',
  result: 'fail',
  ref: { kind: 'NetworkPolicy', namespace: 'payments', name: 'open' },
  reason: 'ForeignPolicyOpensNamespace',
  message: 'it is open',
  ...more,
});

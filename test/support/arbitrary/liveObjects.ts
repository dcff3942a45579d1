import fc from 'fast-check';
import { MANAGED_BY_LABEL, NAME_PREFIX } from '../../../src/api/names.ts';
import { kindRow } from '../../../src/core/kinds/kinds.ts';
import { ownLabels } from '../../../src/core/plan/diff.ts';
import { apiVersionOf } from '../../../src/k8s/kind.ts';
import type { KubeObject } from '../../../src/k8s/object.ts';

const RBAC = 'rbac.authorization.k8s.io';

/** What may stand under a name, of each kind: open, closed, empty, and what nobody would write. */
const CONTENTS: Readonly<Record<string, readonly object[]>> = {
  NetworkPolicy: [
    { spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] } },
    { spec: { podSelector: {}, policyTypes: ['Ingress'] } },
    { spec: { podSelector: {}, policyTypes: ['Ingress'], ingress: [{}] } },
    { spec: { podSelector: { matchLabels: { app: 'web' } }, policyTypes: ['Egress'], egress: [{}] } },
  ],
  Role: [{ rules: [] }, { rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }] }],
  RoleBinding: ['view', 'admin'].map((name) => ({
    roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name },
    subjects: [{ kind: 'User', apiGroup: RBAC, name: 'eve' }],
  })),
  ResourceQuota: [{ spec: { hard: { pods: '50' } } }, { spec: { hard: { pods: '5k' } } }, { spec: {} }],
  LimitRange: [{ spec: { limits: [{ type: 'Pod', max: { cpu: '1' } }] } }, { spec: { limits: [] } }],
};
const KINDS = Object.keys(CONTENTS);

const labels = fc.constantFrom<Record<string, string>>(
  {},
  ownLabels('b0', 'network.default-deny'),
  ownLabels('gone', 'some.control'),
  { ...ownLabels('b0', 'rbac.roles'), theirs: 'x' },
  { [MANAGED_BY_LABEL]: 'helm' },
);
const owner = { apiVersion: 'v1', kind: 'ConfigMap', name: 'x', uid: 'y' };
const finalizers = ['theirs/x'];

/** Metadata that somebody left there; `deletionTimestamp` only where a finalizer holds the object up. */
const ANY_METADATA = fc.constantFrom<object>(
  {},
  {},
  { ownerReferences: [owner] },
  { finalizers },
  { finalizers, deletionTimestamp: 'now' },
);

/** An object of a kind that we write: planted under our prefix, left behind by us, or of others altogether. */
export const strayObject = (metadata: fc.Arbitrary<object> = ANY_METADATA): fc.Arbitrary<KubeObject> =>
  fc.constantFrom(...KINDS).chain((kind) =>
    fc
      .record({
        name: fc.constantFrom(
          ...['default-deny', 'old', 'rule-a', 'allow-dns', 'viewer'].map((n) => `${NAME_PREFIX}${n}`),
          'theirs',
          'drawbridge',
        ),
        labels,
        metadata,
        content: fc.constantFrom(...(CONTENTS[kind] ?? [])),
      })
      .map(({ name, labels: has, metadata: more, content }) => ({
        apiVersion: apiVersionOf(kindRow(kind)),
        kind,
        metadata: { name, namespace: 'payments', labels: has, ...more },
        ...content,
      })),
  );

/** What became of an object of ours. */
export interface Fate {
  readonly content: 'right' | 'missing' | number;
  readonly labels: 'right' | Readonly<Record<string, string>>;
  readonly metadata: object;
}

export const fate = (metadata: fc.Arbitrary<object> = ANY_METADATA): fc.Arbitrary<Fate> =>
  fc.record({
    content: fc.oneof(fc.constantFrom('right' as const, 'missing' as const), fc.nat(3)),
    labels: fc.oneof(fc.constant('right' as const), labels),
    metadata,
  });

/** The objects after their fates; those that have none are as they should be. */
export const fated = (objects: readonly KubeObject[], fates: readonly Fate[]): readonly KubeObject[] =>
  objects.flatMap((object, index) => {
    const { content, labels: has, metadata } = fates[index] ?? { content: 'right', labels: 'right', metadata: {} };
    if (content === 'missing') return [];
    const { name, namespace, labels: own } = object.metadata;
    const contents = CONTENTS[object.kind] ?? [];
    return [
      {
        ...object,
        ...(content === 'right' ? {} : contents[content % contents.length]),
        metadata: {
          name,
          ...(namespace === undefined ? {} : { namespace }),
          labels: has === 'right' ? (own ?? {}) : has,
          ...metadata,
        },
      },
    ];
  });

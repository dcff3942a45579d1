import { kindRow } from '../../src/core/kinds/kinds.ts';
import type { Change } from '../../src/core/plan/change.ts';
import { ownLabels } from '../../src/core/plan/diff.ts';
import type { Entry } from '../../src/k8s/entry.ts';
import { apiVersionOf } from '../../src/k8s/kind.ts';
import type { KubeObject } from '../../src/k8s/object.ts';

export const APPLIED_LABELS = ownLabels('restricted', 'network.default-deny');

/** An object of any namespaced kind as somebody sends it. */
export const objectOf = (kind: string, name: string, content: object = {}, meta: object = {}): KubeObject => ({
  apiVersion: apiVersionOf(kindRow(kind)),
  kind,
  metadata: { name, namespace: 'payments', labels: APPLIED_LABELS, ...meta },
  ...content,
});

const base = (kind: string, name: string) => ({
  ref: { kind, namespace: 'payments', name },
  section: kind === 'NetworkPolicy' ? ('network' as const) : ('rbac' as const),
  control: 'some.control',
  baseline: 'restricted',
  stage: 'guard' as const,
});
const desired = (kind: string, body: Readonly<Record<string, unknown>>) => ({
  apiVersion: apiVersionOf(kindRow(kind)),
  labels: APPLIED_LABELS,
  body,
});

/** Changes to one object, as a plan would have them. */
export const changes = (kind: string, name: string, body: Readonly<Record<string, unknown>>) => ({
  create: (more: object = {}): Change => ({
    ...base(kind, name),
    action: 'create',
    desired: desired(kind, body),
    ...more,
  }),
  update: (live: Entry, more: object = {}): Change => ({
    ...base(kind, name),
    action: 'update',
    desired: desired(kind, body),
    live,
    fields: ['/spec'],
    urgent: true,
    takeOver: false,
    ...more,
  }),
  recreate: (live: Entry, reason: 'Terminating' | 'RoleRefReplaced'): Change => ({
    ...base(kind, name),
    action: 'recreate',
    desired: desired(kind, body),
    live,
    reason,
  }),
  remove: (live: Entry, reason: 'NotDeclared' | 'Released' | 'ForeignPolicy' = 'NotDeclared'): Change => ({
    ...base(kind, name),
    action: 'delete',
    stage: 'prune-guard',
    live,
    reason,
  }),
});

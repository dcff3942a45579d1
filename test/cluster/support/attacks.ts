import type { AnyObject } from '../../support/kubeAdmin.ts';
import type { Tampering } from './tenant.ts';
import { MALLORY } from './tenant.ts';

/** One object under attack, and whose hands are at hand. */
export interface Target {
  readonly namespace: string;
  readonly path: string;
  readonly collection: string;
  readonly object: AnyObject;
  /** Holds `admin` in the namespace. */
  readonly tenant: Tampering;
  readonly admin: Tampering;
  /** Acts while the operator cannot. */
  readonly faster: (act: () => Promise<void>) => Promise<void>;
}

export interface Attack {
  readonly name: string;
  readonly on: 'deny' | 'sameNamespace' | 'role' | 'binding';
  readonly act: (target: Target) => Promise<void>;
  readonly change?: 'deleted';
  readonly writes?: readonly string[];
  readonly manager?: string;
  readonly collectable?: true;
}

export const ALLOW_ALL = { podSelector: {}, policyTypes: ['Ingress', 'Egress'], ingress: [{}], egress: [{}] };

/** The object once more, as somebody else makes it. */
export const anew = ({ object }: Target, fields: Record<string, unknown>): unknown => {
  const { apiVersion, kind, metadata, ...body } = object;
  const { name, namespace, labels } = metadata;
  return { apiVersion, kind, metadata: { name, namespace, labels }, ...body, ...fields };
};
const widen = (fields: unknown) => (t: Target) => t.tenant.patch(t.path, { spec: fields });
const rule = (verbs: readonly string[], resource: string) => ({ apiGroups: [''], resources: [resource], verbs });
const addRule = (value: unknown) => [{ op: 'add', path: '/rules/-', value }];
const mallory = { kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: MALLORY };

/** What a holder of `admin` does to our objects. */
export const ATTACKS: readonly Attack[] = [
  { name: 'deletes the deny', on: 'deny', change: 'deleted', act: (t) => t.tenant.delete(t.path), writes: ['create'] },
  { name: 'adds a rule to the deny that lets everybody in', on: 'deny', act: widen({ ingress: [{}] }) },
  { name: 'shortens the policyTypes of the deny', on: 'deny', act: widen({ policyTypes: ['Ingress'] }) },
  {
    name: 'narrows the podSelector of the deny',
    on: 'deny',
    act: widen({ podSelector: { matchLabels: { app: 'x' } } }),
  },
  {
    name: 'adds a peer to an allowance',
    on: 'sameNamespace',
    act: (t) =>
      t.tenant.jsonPatch(t.path, [{ op: 'add', path: '/spec/ingress/0/from/-', value: { namespaceSelector: {} } }]),
  },
  {
    name: 'strips all labels',
    on: 'deny',
    act: (t) => t.tenant.jsonPatch(t.path, [{ op: 'remove', path: '/metadata/labels' }]),
    manager: '',
  },
  {
    name: 'strips all labels, then changes the spec',
    on: 'deny',
    act: (t) =>
      t.faster(async () => {
        await t.tenant.jsonPatch(t.path, [{ op: 'remove', path: '/metadata/labels' }]);
        await t.tenant.patch(t.path, { spec: { egress: [{}] } });
      }),
    // The first of the two edits is what is seen; one write puts both right.
    manager: '',
  },
  {
    name: 'deletes the deny and plants an allow-all under its name',
    on: 'deny',
    act: (t) =>
      t.faster(async () => {
        await t.tenant.delete(t.path);
        await t.tenant.post(t.collection, anew(t, { spec: ALLOW_ALL }));
      }),
  },
  {
    name: 'gives the deny an owner that does not exist',
    on: 'deny',
    act: (t) =>
      t.tenant.patch(t.path, {
        metadata: {
          ownerReferences: [
            { apiVersion: 'v1', kind: 'ConfigMap', name: 'gone', uid: '00000000-0000-4000-8000-000000000000' },
          ],
        },
      }),
    collectable: true,
  },
  {
    name: 'adds a verb to the Role',
    on: 'role',
    act: (t) => t.tenant.jsonPatch(t.path, [{ op: 'add', path: '/rules/0/verbs/-', value: 'delete' }]),
  },
  {
    name: 'adds a rule to the Role',
    on: 'role',
    act: (t) => t.tenant.jsonPatch(t.path, addRule(rule(['get', 'list'], 'secrets'))),
  },
  { name: 'empties the Role', on: 'role', act: (t) => t.tenant.patch(t.path, { rules: [] }) },
  { name: 'deletes the Role', on: 'role', change: 'deleted', act: (t) => t.tenant.delete(t.path), writes: ['create'] },
  {
    name: 'adds a subject to the RoleBinding',
    on: 'binding',
    act: (t) => t.tenant.jsonPatch(t.path, [{ op: 'add', path: '/subjects/-', value: mallory }]),
  },
  {
    name: 'swaps the subjects of the RoleBinding',
    on: 'binding',
    act: (t) => t.tenant.patch(t.path, { subjects: [mallory] }),
  },
  {
    name: 'replaces the RoleBinding by one to another role',
    on: 'binding',
    act: (t) =>
      t.faster(async () => {
        await t.tenant.delete(t.path);
        const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'edit' };
        await t.tenant.post(t.collection, anew(t, { roleRef }));
      }),
    writes: ['delete', 'create'],
  },
];

/** A deletion that does not end: the object stays terminating behind a finalizer. */
export const deleteButStay = async ({ tenant, path }: Target): Promise<void> => {
  await tenant.patch(path, { metadata: { finalizers: ['mallory.example/stay'] } });
  await tenant.delete(path);
};

import { expect } from 'chai';
import type { KubeObject } from '../../src/k8s/object.ts';
import type { ObjectIndex } from '../../src/k8s/objectIndex.ts';

/**
 * What every ObjectIndex does. `make` builds one from objects of the kinds Namespace, NetworkPolicy, Role and ClusterRole,
 * by whatever way the implementation has (events, files); what it keeps as bodies is its own business.
 */
export function objectIndexContract(
  name: string,
  make: (objects: readonly KubeObject[]) => ObjectIndex | Promise<ObjectIndex>,
): void {
  describe(`${name} is an ObjectIndex`, () => {
    it('gives an object by kind, namespace and name', async () => {
      const index = await make(OBJECTS);
      expect(index.get('NetworkPolicy', 'payments', 'deny')).to.include({
        kind: 'NetworkPolicy',
        namespace: 'payments',
        name: 'deny',
        uid: 'uid-payments-deny',
      });
    });

    it('gives cluster-scoped objects under the empty namespace', async () => {
      const index = await make(OBJECTS);
      expect(index.get('Namespace', '', 'payments')).to.include({ namespace: '', name: 'payments' });
      expect(index.get('Namespace', 'payments', 'payments')).to.equal(undefined);
    });

    it('gives undefined for what is not there', async () => {
      const index = await make(OBJECTS);
      expect(index.get('NetworkPolicy', 'payments', 'none')).to.equal(undefined);
      expect(index.get('NetworkPolicy', 'none', 'deny')).to.equal(undefined);
      expect(index.get('NoSuchKind', 'payments', 'deny')).to.equal(undefined);
    });

    it('keeps kinds of the same names apart', async () => {
      const index = await make(OBJECTS);
      expect(index.get('Role', 'payments', 'deny')?.uid).to.equal('uid-role');
      expect(index.get('ClusterRole', '', 'system:Foo')?.uid).to.equal('uid-upper');
      expect(index.get('ClusterRole', '', 'system:foo')?.uid).to.equal('uid-lower');
    });

    it('lists the objects of a kind in one namespace', async () => {
      const index = await make(OBJECTS);
      expect(names(index.inNamespace('NetworkPolicy', 'payments'))).to.deep.equal(['allow', 'deny']);
      expect(names(index.inNamespace('NetworkPolicy', 'none'))).to.deep.equal([]);
      expect(names(index.inNamespace('NoSuchKind', 'payments'))).to.deep.equal([]);
    });

    it('lists the objects of a kind in all namespaces', async () => {
      const index = await make(OBJECTS);
      expect(names(index.ofKind('NetworkPolicy'))).to.deep.equal(['allow', 'deny', 'deny']);
      expect(names(index.ofKind('NoSuchKind'))).to.deep.equal([]);
    });

    it('can be iterated again and again', async () => {
      const index = await make(OBJECTS);
      const all = index.ofKind('NetworkPolicy');
      const some = index.inNamespace('NetworkPolicy', 'payments');
      expect(names(all)).to.deep.equal(names(all));
      expect(names(some)).to.deep.equal(names(some));
    });

    it('gives the same entry by name and by listing', async () => {
      const index = await make(OBJECTS);
      const [first] = index.inNamespace('Role', 'payments');
      expect(first).to.equal(index.get('Role', 'payments', 'deny'));
    });

    it('keeps labels, finalizers, owners and deletion as they are', async () => {
      const index = await make(OBJECTS);
      const entry = index.get('NetworkPolicy', 'payments', 'allow');
      expect(entry?.labels).to.deep.equal({ team: 'a' });
      expect(entry?.finalizers).to.deep.equal(['example.com/hold']);
      expect(entry).to.include({ deleting: true, owned: true });
      expect(index.get('NetworkPolicy', 'payments', 'deny')).to.deep.include({
        labels: {},
        finalizers: [],
        deleting: false,
        owned: false,
      });
    });

    it('takes an empty world', async () => {
      const index = await make([]);
      expect([...index.ofKind('Namespace')]).to.deep.equal([]);
    });
  });
}

const names = (entries: Iterable<{ readonly name: string }>): readonly string[] =>
  [...entries].map(({ name }) => name).sort();

const object = (kind: string, namespace: string, name: string, uid: string, more: object = {}): KubeObject => ({
  apiVersion: API_VERSIONS[kind] ?? 'v1',
  kind,
  metadata: { name, ...(namespace === '' ? {} : { namespace }), uid, resourceVersion: '1', ...more },
});

const API_VERSIONS: Readonly<Record<string, string>> = {
  NetworkPolicy: 'networking.k8s.io/v1',
  Role: 'rbac.authorization.k8s.io/v1',
  ClusterRole: 'rbac.authorization.k8s.io/v1',
};

const OBJECTS: readonly KubeObject[] = [
  object('Namespace', '', 'payments', 'uid-ns'),
  object('NetworkPolicy', 'payments', 'deny', 'uid-payments-deny'),
  object('NetworkPolicy', 'payments', 'allow', 'uid-allow', {
    labels: { team: 'a' },
    finalizers: ['example.com/hold'],
    deletionTimestamp: '2026-01-01T00:00:00Z',
    ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'x', uid: 'y' }],
  }),
  object('NetworkPolicy', 'shop', 'deny', 'uid-shop-deny'),
  object('Role', 'payments', 'deny', 'uid-role'),
  object('ClusterRole', '', 'system:Foo', 'uid-upper'),
  object('ClusterRole', '', 'system:foo', 'uid-lower'),
];

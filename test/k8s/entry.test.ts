import { expect } from 'chai';
import { entryOf, lastManager } from '../../src/k8s/entry.ts';
import type { KubeObject, ManagedFieldsEntry, ObjectMeta } from '../../src/k8s/object.ts';
import { describeRef, keyOf } from '../../src/k8s/ref.ts';

const raw = (metadata: Partial<ObjectMeta> = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Thing',
  metadata: { name: 'thing', ...metadata },
});

const managed = (...entries: readonly ManagedFieldsEntry[]): string => lastManager(raw({ managedFields: entries }));

describe('an entry', () => {
  it('has an empty value for everything that the server did not send', () => {
    expect(entryOf('Thing', raw(), { body: 1 })).to.deep.equal({
      kind: 'Thing',
      namespace: '',
      name: 'thing',
      uid: '',
      resourceVersion: '',
      labels: {},
      annotations: {},
      deleting: false,
      owned: false,
      finalizers: [],
      manager: '',
      body: 1,
    });
  });

  it('keeps all labels unless its kind keeps fewer, and annotations only where its kind does', () => {
    const object = raw({ labels: { a: '1' }, annotations: { b: '2' } });
    expect(entryOf('Thing', object, { body: 1 })).to.deep.include({ labels: { a: '1' }, annotations: {} });
    const kept = { body: 1, labels: {}, annotations: { b: '2' } };
    expect(entryOf('Thing', object, kept)).to.deep.include({ labels: {}, annotations: { b: '2' } });
  });

  it('THREATS 2: counts as deleted from its deletionTimestamp on, and as owned with any ownerReference', () => {
    const owner = { apiVersion: 'v1', kind: 'ConfigMap', name: 'gone', uid: 'no-such-uid' };
    const object = raw({ deletionTimestamp: '2026-01-01T00:00:00Z', ownerReferences: [owner], finalizers: ['x/y'] });
    expect(entryOf('Thing', object, { body: 1 })).to.deep.include({ deleting: true, owned: true, finalizers: ['x/y'] });
    expect(entryOf('Thing', raw({ ownerReferences: [] }), { body: 1 }).owned).to.equal(false);
  });
});

describe('the last field manager', () => {
  it('is the one with the newest time', () => {
    const older = { manager: 'older', time: '2026-01-01T00:00:00Z' };
    const newer = { manager: 'newer', time: '2026-01-01T00:00:01Z' };
    expect(managed(older, newer)).to.equal('newer');
    expect(managed(newer, older)).to.equal('newer');
  });

  it('is the one listed last among those of one second', () => {
    const time = '2026-01-01T00:00:00Z';
    expect(managed({ manager: 'a', time }, { manager: 'b', time })).to.equal('b');
  });

  it('is never one that wrote only a status', () => {
    const time = '2026-01-01T00:00:00Z';
    const status = { manager: 'controller', time: '2026-01-02T00:00:00Z', subresource: 'status' };
    expect(managed({ manager: 'kubectl', time }, status)).to.equal('kubectl');
    expect(managed(status)).to.equal('');
  });

  it('is unknown when the server says nothing', () => {
    expect(managed()).to.equal('');
    expect(managed({})).to.equal('');
  });
});

describe('a reference', () => {
  const role = { kind: 'Role', namespace: 'payments', name: 'viewer' };
  it('is one key for each object', () => {
    expect(keyOf(role)).to.equal('Role/payments/viewer');
    expect(keyOf({ kind: 'ClusterRole', namespace: '', name: 'viewer' })).to.equal('ClusterRole//viewer');
  });

  it('is told to people without the empty namespace', () => {
    expect(describeRef(role)).to.equal('Role payments/viewer');
    expect(describeRef({ kind: 'Namespace', namespace: '', name: 'payments' })).to.equal('Namespace payments');
  });
});

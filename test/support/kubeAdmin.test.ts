import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { eventually } from './eventually.ts';
import type { KubeAdmin, WatchEvent } from './kubeAdmin.ts';
import { KubeAdminError, kubeAdmin } from './kubeAdmin.ts';
import { useSharedControlPlane } from './sharedControlPlane.ts';

const NAMESPACE = 'kube-admin-test';
const MAPS = `/api/v1/namespaces/${NAMESPACE}/configmaps`;
const configMap = (name: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: NAMESPACE } });

const MANIFESTS = `
apiVersion: example.com/v1
kind: Widget
metadata: { name: w, namespace: ${NAMESPACE} }
spec: { size: 3 }
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: widgets.example.com }
spec:
  group: example.com
  scope: Namespaced
  names: { kind: Widget, plural: widgets, singular: widget, listKind: WidgetList }
  versions:
    - name: v1
      served: true
      storage: true
      schema: { openAPIV3Schema: { type: object, x-kubernetes-preserve-unknown-fields: true } }
`;

describe('kubeAdmin', () => {
  const shared = useSharedControlPlane();
  let admin: KubeAdmin;
  before(async () => {
    admin = kubeAdmin(shared().kubeconfig);
    await admin.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } });
  });
  after(async () => {
    await admin.delete(`/api/v1/namespaces/${NAMESPACE}`);
    await admin.delete('/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.example.com');
    await admin.close();
  });

  it('creates, updates, patches, finds and deletes', async () => {
    const created = await admin.create({ ...configMap('a'), data: { x: '1' } });
    await admin.update({ ...created, data: { x: '2' } });
    await admin.patch(`${MAPS}/a`, [{ op: 'add', path: '/data/y', value: '3' }], 'application/json-patch+json');
    expect((await admin.get(`${MAPS}/a`)).data).to.deep.equal({ x: '2', y: '3' });
    await admin.delete(created);
    await admin.delete(created);
    expect(await admin.find(`${MAPS}/a`)).to.equal(undefined);
  });

  it('throws what the server says', async () => {
    const error = await admin.get(`${MAPS}/absent`).catch((reason) => reason);
    expect(error).to.be.instanceOf(KubeAdminError);
    expect(error).to.include({ status: 404, reason: 'NotFound' });
    expect(error.message).to.contain('configmaps "absent" not found');
  });

  it('keeps every field, also the `from` of a NetworkPolicy', async () => {
    const spec = {
      podSelector: {},
      ingress: [{ from: [{ namespaceSelector: { matchLabels: { a: 'b' } } }] }],
      policyTypes: ['Ingress'],
    };
    const policy = {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: configMap('np').metadata,
      spec,
    };
    expect((await admin.create(policy)).spec).to.deep.equal(spec);
  });

  it('applies a directory: CRDs before what needs them', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'drawbridge-test-'));
    writeFileSync(join(dir, 'all.yaml'), MANIFESTS);
    const applied = await admin.apply(dir);
    rmSync(dir, { recursive: true });
    expect(applied.map(({ kind }) => kind)).to.deep.equal(['CustomResourceDefinition', 'Widget']);
    expect((await admin.list(`/apis/example.com/v1/namespaces/${NAMESPACE}/widgets`))[0]?.spec.size).to.equal(3);
  });

  it('watches until stopped', async () => {
    const events: WatchEvent[] = [];
    const stop = await admin.watch(`${MAPS}?labelSelector=watched`, (event) => events.push(event));
    const watched = { ...configMap('w'), metadata: { ...configMap('w').metadata, labels: { watched: '' } } };
    await admin.create(watched);
    await admin.delete(watched);
    await eventually(() => expect(events.map(({ type }) => type)).to.deep.equal(['ADDED', 'DELETED']));
    stop();
    await admin.create(watched);
    expect(events).to.have.lengthOf(2);
  });

  it('impersonates', async () => {
    const jane = admin.impersonating('jane', ['system:authenticated']);
    expect((await jane.request('GET', MAPS)).status).to.equal(403);
    expect((await admin.request('GET', MAPS)).status).to.equal(200);
  });
});

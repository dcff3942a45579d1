import { expect } from 'chai';
import type { KindInfo } from '../../src/k8s/kind.ts';
import type { KubeObject } from '../../src/k8s/object.ts';
import { isAlreadyExists, isConflict } from '../../src/kube/errors.ts';
import type { Transport } from '../../src/kube/transport.ts';
import { createTransport } from '../../src/kube/transport.ts';
import type { Watched } from '../../src/kube/watchEvent.ts';
import type { Writer } from '../../src/kube/write.ts';
import { createWriter } from '../../src/kube/write.ts';
import type { FakeApiServer } from '../support/fakeApiServer.ts';
import { startFakeApiServer } from '../support/fakeApiServer.ts';
import { caught } from './caught.ts';
import { POLICIES, policy } from './entries.ts';

const row = (kind: string, group: string, plural: string, namespaced = true): Watched => ({
  kind,
  group,
  version: 'v1',
  plural,
  namespaced,
  project: (raw, bytes) => ({ body: { raw, bytes } }),
});
const CLUSTER_ROLE = row('ClusterRole', 'rbac.authorization.k8s.io', 'clusterroles', false);
const LIMIT_RANGE = row('LimitRange', '', 'limitranges');
const CRD = row('CustomResourceDefinition', 'apiextensions.k8s.io', 'customresourcedefinitions', false);
const NOTHING: Watched = { ...row('Secret', '', 'secrets'), project: () => undefined };

/** Each holds fields that the client library's models rename or drop (docs/adr/0002). */
const MANIFESTS: readonly KubeObject[] = [
  policy('from', {
    podSelector: { matchLabels: {} },
    policyTypes: ['Ingress', 'Egress'],
    ingress: [{ from: [{ namespaceSelector: {} }, { ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] } }] }],
    egress: [{ to: [], ports: [{ port: 53, protocol: 'UDP', endPort: 54 }] }, {}],
  }),
  policy('empty', { podSelector: {}, policyTypes: ['Ingress'], ingress: [] }),
  {
    apiVersion: 'v1',
    kind: 'LimitRange',
    metadata: { name: 'limits', namespace: 'default' },
    spec: { limits: [{ type: 'Container', default: { memory: '256Mi' }, defaultRequest: { cpu: '100m' } }] },
  },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name: 'system:Team:Ä', labels: { a: '' }, annotations: { b: 'ü\n"' } },
    rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'], resourceNames: [] }],
    aggregationRule: null,
    fieldThatNobodyKnows: { x: 0 },
  },
  {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'x.example.com' },
    spec: { schema: { default: 1, enum: ['a'], 'x-kubernetes-preserve-unknown-fields': true, $ref: 'y' } },
  },
];

describe('The writer', () => {
  let server: FakeApiServer;
  let transport: Transport;
  let writer: Writer;
  beforeEach(async () => {
    server = await startFakeApiServer();
    transport = createTransport(server.access());
    const rows = [POLICIES, CLUSTER_ROLE, LIMIT_RANGE, CRD, NOTHING];
    writer = createWriter(transport, rows, { fieldManager: 'drawbridge' });
  });
  afterEach(async () => {
    await transport.close();
    await server.close();
  });
  const last = () => {
    const request = server.requests.at(-1);
    if (request === undefined) throw new Error('no request');
    return request;
  };

  for (const manifest of MANIFESTS) {
    it(`sends a ${manifest.kind} named ${manifest.metadata.name} to the last field as it is given`, async () => {
      const made = await writer.create(manifest);
      expect(last().body).to.deep.equal(manifest);
      const update = { ...manifest, metadata: { ...manifest.metadata, uid: made?.uid ?? '' } };
      await writer.update(update);
      expect(last().body).to.deep.equal(update);
      expect(last().path.endsWith(`/${encodeURIComponent(manifest.metadata.name)}`)).to.equal(true);
      const kind = [POLICIES, CLUSTER_ROLE, LIMIT_RANGE, CRD].find((one) => one.kind === manifest.kind) as KindInfo;
      await writer.patch(kind, manifest.metadata.namespace ?? '', manifest.metadata.name, manifest);
      expect(last().body).to.deep.equal(manifest);
    });
  }

  it('names itself and asks for strict validation in every write', async () => {
    const made = await writer.create(policy('a'));
    await writer.update(policy('a'));
    await writer.patch(POLICIES, 'default', 'a', {});
    for (const { query } of server.requests) {
      expect(Object.fromEntries(query)).to.deep.equal({ fieldManager: 'drawbridge', fieldValidation: 'Strict' });
    }
    expect(made?.name).to.equal('a');
  });

  it('resolves with the projected answer', async () => {
    const made = await writer.create(policy('a', { podSelector: {} }));
    expect(made).to.include({ kind: 'NetworkPolicy', namespace: 'default', name: 'a' });
    expect(made?.body).to.deep.equal({ podSelector: {} });
    expect(made?.uid).to.be.a('string').that.is.not.equal('');
    const updated = await writer.update(policy('a', { podSelector: { matchLabels: {} } }));
    expect(Number(updated?.resourceVersion)).to.be.greaterThan(Number(made?.resourceVersion));
  });

  it('resolves with nothing when nothing of the answer is kept', async () => {
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a', namespace: 'default' } };
    expect(await writer.create(secret)).to.equal(undefined);
  });

  it('gives the projection the size of the answer', async () => {
    const made = await writer.create({ apiVersion: 'v1', kind: 'LimitRange', metadata: { name: 'a', namespace: 'b' } });
    const { raw, bytes } = (made?.body ?? {}) as { raw?: unknown; bytes?: number };
    expect(bytes).to.equal(Buffer.byteLength(JSON.stringify(raw)));
  });

  it('tells a taken name, another uid and another version apart', async () => {
    const made = await writer.create(policy('a'));
    expect(isAlreadyExists(await caught(writer.create(policy('a'))))).to.equal(true);
    const meta = { name: 'a', namespace: 'default' };
    const foreign = { ...policy('a'), metadata: { ...meta, uid: 'other' } };
    expect(isConflict(await caught(writer.update(foreign)))).to.equal(true);
    const stale = { ...policy('a'), metadata: { ...meta, uid: made?.uid ?? '', resourceVersion: '1' } };
    expect(isConflict(await caught(writer.update(stale)))).to.equal(true);
  });

  it('deletes with preconditions, in the background', async () => {
    const made = await writer.create(policy('a'));
    const ref = { kind: 'NetworkPolicy', namespace: 'default', name: 'a' };
    const { uid = '', resourceVersion = '' } = made ?? {};
    await writer.remove(ref, { uid, resourceVersion });
    expect(last().body).to.deep.equal({
      apiVersion: 'v1',
      kind: 'DeleteOptions',
      preconditions: { uid, resourceVersion },
      propagationPolicy: 'Background',
    });
    expect(server.world.list('networking.k8s.io/networkpolicies')).to.deep.equal([]);
  });

  it('takes what is gone for deleted, but not what is another', async () => {
    const ref = { kind: 'NetworkPolicy', namespace: 'default', name: 'a' };
    await writer.remove(ref, { uid: 'x' });
    await writer.create(policy('a'));
    const error = await caught(writer.remove(ref, { uid: 'x' }));
    expect(isConflict(error)).to.equal(true);
  });

  it('patches a subresource, and applies with force', async () => {
    await writer.create(policy('a'));
    await writer.patch(POLICIES, 'default', 'a', { status: {} }, { subresource: 'status' });
    expect(last().path.endsWith('/networkpolicies/a/status')).to.equal(true);
    expect(last().headers['content-type']).to.equal('application/merge-patch+json');
    await writer.patch(POLICIES, 'default', 'a', {}, { contentType: 'application/apply-patch+yaml' });
    expect(last().query.get('force')).to.equal('true');
  });

  it('does not know a kind without a row', async () => {
    const error = await caught(writer.create({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' } }));
    expect(String(error)).to.contain('no row for kind Pod');
  });

  it('stops a write when its signal is aborted', async () => {
    server.fail(() => true, { type: 'hang' });
    const stop = new AbortController();
    const call = caught(writer.create(policy('a'), stop.signal));
    setTimeout(() => stop.abort(new Error('lease lost')), 20);
    expect(await call).to.have.property('message', 'lease lost');
  });
});

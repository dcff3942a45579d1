import { expect } from 'chai';
import { auditMark, readWrites } from './controlPlane/auditLog.ts';
import type { ControlPlane } from './controlPlane/controlPlane.ts';
import { startControlPlane } from './controlPlane/controlPlane.ts';
import { eventually } from './eventually.ts';
import type { KubeAdmin } from './kubeAdmin.ts';
import { kubeAdmin } from './kubeAdmin.ts';
import { START_TIMEOUT_MS, useSharedControlPlane } from './sharedControlPlane.ts';

const SLICE = '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/kubernetes';

const configMap = (name: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { a: '1' } });

describe('control plane', () => {
  const shared = useSharedControlPlane();
  let admin: KubeAdmin;
  before(() => {
    admin = kubeAdmin(shared().kubeconfig);
  });
  after(() => admin.close());

  it('lets the admin list namespaces', async () => {
    const names = (await admin.list('/api/v1/namespaces')).map(({ metadata }) => metadata.name);
    expect(names).to.include.members(['default', 'kube-system']);
  });

  it('has the EndpointSlice default/kubernetes, with an address that is valid in one', async () => {
    const slice = await eventually(() => admin.get(SLICE));
    expect(slice.endpoints[0].addresses).to.deep.equal(['192.0.2.10']);
    expect(slice.ports[0].port).to.equal(Number(new URL(shared().url).port));
  });

  it('runs the controllers: a new namespace gets its ServiceAccount, and ends when deleted', async () => {
    const path = '/api/v1/namespaces/cp-lifecycle';
    await admin.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'cp-lifecycle' } });
    await eventually(() => admin.get(`${path}/serviceaccounts/default`));
    await admin.delete(path);
    await eventually(async () => expect(await admin.find(path)).to.equal(undefined));
  });

  it('gives a ServiceAccount a real token, which is denied what it has no right to', async () => {
    const account = admin.asUser(await shared().serviceAccountKubeconfig('default', 'default'));
    const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview', metadata: {} };
    const { body } = await account.request('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', review);
    const secrets = await account.request('GET', '/api/v1/secrets');
    await account.close();

    expect(body.status.userInfo.username).to.equal('system:serviceaccount:default:default');
    expect(secrets.status).to.equal(403);
  });

  it('refuses a kubeconfig for a ServiceAccount that does not exist', async () => {
    const error = await shared()
      .serviceAccountKubeconfig('default', 'nobody')
      .catch((reason) => reason);
    expect(error).to.have.property('status', 404);
  });

  it('logs writes, tells users apart, and leaves out what stores nothing', async () => {
    const log = shared().auditLogPath;
    const mark = await auditMark(log);
    const user = 'jane';
    const jane = admin.impersonating(user, ['system:masters']);
    await jane.create(configMap('cp-audit'));
    await jane.patch('/api/v1/namespaces/default/configmaps/cp-audit', { data: { a: '2' } });
    await jane.request('POST', '/api/v1/namespaces/default/configmaps', configMap('dry'), { query: { dryRun: 'All' } });
    await jane.get('/api/v1/namespaces/default/configmaps/cp-audit');
    await jane.request('PUT', '/api/v1/namespaces/default/configmaps/absent', configMap('absent'));
    await admin.delete('/api/v1/namespaces/default/configmaps/cp-audit');

    const writes = await eventually(async () => {
      const found = await readWrites(log, { mark, resources: ['configmaps'], user });
      expect(found).to.have.lengthOf(3);
      return found;
    });
    expect(writes.map(({ verb, name, code }) => [verb, name, code])).to.deep.equal([
      ['create', 'cp-audit', 201],
      ['patch', 'cp-audit', 200],
      ['update', 'absent', 404],
    ]);
  });
});

describe('control planes side by side', function () {
  this.timeout(START_TIMEOUT_MS);
  let planes: readonly ControlPlane[] = [];
  before(async () => {
    const options = { controllerManager: false };
    planes = await Promise.all([startControlPlane(options), startControlPlane({ ...options, ipFamily: 'ipv6' })]);
  });
  after(() => Promise.all(planes.map((plane) => plane.stop())));

  it('have their own ports, authorities and data', async () => {
    const [a, b] = planes as readonly [ControlPlane, ControlPlane];
    expect(a.url).not.to.equal(b.url);
    expect(a.caPem).not.to.equal(b.caPem);
    expect(a.dir).not.to.equal(b.dir);
  });

  it('take the address family asked for', async () => {
    const admin = kubeAdmin(planes[1]?.kubeconfig ?? '');
    const slice = await eventually(() => admin.get(SLICE));
    await admin.close();
    expect(slice.addressType).to.equal('IPv6');
  });

  it('keep their data when the API server is killed and started again', async () => {
    const [plane] = planes as readonly [ControlPlane];
    const admin = kubeAdmin(plane.kubeconfig);
    const created = await admin.create(configMap('kept'));
    await plane.killApiServer();
    const whileDown = await admin.request('GET', '/readyz').catch((error: Error) => error);
    await plane.startApiServer();
    const kept = await admin.get('/api/v1/namespaces/default/configmaps/kept');
    await admin.close();

    expect(whileDown).to.be.instanceOf(Error);
    expect(kept.metadata.uid).to.equal(created.metadata.uid);
  });
});

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { GRANTABLE_ROLE, LEASE_NAME } from '../../src/api/names.ts';
import { eventually } from '../support/eventually.ts';
import { OPERATOR_ACCOUNT, OPERATOR_NAMESPACE, OPERATOR_USER, renderKustomization } from '../support/install.ts';
import { readManifests } from '../support/kubeAdmin/manifests.ts';
import type { AnyObject, KubeAdmin, NewObject } from '../support/kubeAdmin.ts';
import { kubeAdmin } from '../support/kubeAdmin.ts';
import { useSharedControlPlane } from '../support/sharedControlPlane.ts';
import { named } from './rules.ts';

const SAMPLES = join(import.meta.dirname, '../../manifests/samples');
const RBAC = '/apis/rbac.authorization.k8s.io/v1';
const OPT_INS = ['drawbridge-namespace-labels', 'drawbridge-admission'];
const DRY_RUN = { query: { dryRun: 'All', fieldValidation: 'Strict' } };

describe('What is shipped, on a real API server', function () {
  this.timeout(60_000);
  const controlPlane = useSharedControlPlane();
  let admin: KubeAdmin;
  let base: readonly NewObject[];
  let applied: readonly AnyObject[];

  before(async () => {
    admin = kubeAdmin(controlPlane().kubeconfig);
    base = await renderKustomization('manifests/base');
    applied = await admin.apply(base);
    // The opt-ins that other tests on this control plane have installed.
    for (const optIn of OPT_INS) await admin.delete(`${RBAC}/clusterrolebindings/${optIn}`);
  });
  after(async () => {
    // No node runs it, and tests that come later count what is there.
    await admin?.delete(`/apis/apps/v1/namespaces/${OPERATOR_NAMESPACE}/deployments/drawbridge`);
    await admin?.close();
  });

  it('is taken as it is, and changes nothing when applied again', async () => {
    expect(applied).to.have.lengthOf(base.length);
    await eventually(async () => expect((await grantable(admin)).rules).to.have.lengthOf.above(5));
    const versions = async () =>
      Promise.all(
        base
          .filter(({ kind }) => kind !== 'Deployment' && kind !== 'CustomResourceDefinition')
          .map(async (object) => (await admin.get(await admin.pathOf(object))).metadata.resourceVersion),
      );
    const before = await versions();
    await admin.apply(base);
    expect(await versions()).to.deep.equal(before);
  });

  it('keeps what may be handed out through another apply (THREATS 27)', async () => {
    const rules = await eventually(async () => {
      const found = (await grantable(admin)).rules;
      expect(found).to.have.lengthOf.above(5);
      return found;
    });
    await admin.apply(base);
    expect((await grantable(admin)).rules).to.deep.equal(rules);
  });

  describe('runs its pod in its own namespace', () => {
    const create = async (change: (pod: AnyObject) => void) => {
      const deployment = named(base, 'Deployment', 'drawbridge').spec as { template: AnyObject };
      const pod = structuredClone({ ...deployment.template, apiVersion: 'v1', kind: 'Pod' }) as AnyObject;
      pod.metadata.name = 'drawbridge';
      change(pod);
      return admin.request('POST', `/api/v1/namespaces/${OPERATOR_NAMESPACE}/pods`, pod, DRY_RUN);
    };

    it('under the restricted Pod Security Standard', async () => {
      const { status, body } = await create(() => {});
      expect(status, JSON.stringify(body)).to.equal(201);
    });

    it('and a pod with less would not run there', async () => {
      const { status, body } = await create((pod) => {
        pod.spec.containers[0].securityContext.allowPrivilegeEscalation = true;
      });
      expect(status).to.equal(403);
      expect(body.message).to.contain('violates PodSecurity "restricted:latest"');
    });
  });

  describe('lets the operator', () => {
    const may = async (verb: string, group: string, resource: string, object: object = {}): Promise<boolean> => {
      const resourceAttributes = { verb, group, resource, ...object };
      const review = await admin.post('/apis/authorization.k8s.io/v1/subjectaccessreviews', {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SubjectAccessReview',
        spec: { user: OPERATOR_USER, groups: ['system:serviceaccounts', 'system:authenticated'], resourceAttributes },
      });
      return review.status.allowed;
    };
    const NEVER: readonly (readonly [verb: string, group: string, resource: string])[] = [
      ['get', '', 'secrets'],
      ['list', '', 'secrets'],
      ['create', '', 'pods'],
      ['create', '', 'pods/exec'],
      ['get', '', 'nodes/proxy'],
      ['create', '', 'serviceaccounts/token'],
      ['impersonate', '', 'users'],
      ['patch', '', 'namespaces'],
      ['escalate', 'rbac.authorization.k8s.io', 'roles'],
      ['escalate', 'rbac.authorization.k8s.io', 'clusterroles'],
      ['bind', 'rbac.authorization.k8s.io', 'roles'],
      ['bind', 'rbac.authorization.k8s.io', 'clusterroles'],
      ['create', 'rbac.authorization.k8s.io', 'clusterroles'],
      ['create', 'rbac.authorization.k8s.io', 'clusterrolebindings'],
      ['update', 'rbac.authorization.k8s.io', 'clusterroles'],
      ['create', 'drawbridge.dev', 'securitybaselines'],
      ['update', 'drawbridge.dev', 'securitybaselines'],
      ['delete', 'drawbridge.dev', 'securitybaselines'],
      ['update', 'apiextensions.k8s.io', 'customresourcedefinitions'],
      ['create', 'coordination.k8s.io', 'leases'],
      ['update', 'coordination.k8s.io', 'leases'],
    ];
    for (const [verb, group, resource] of NEVER) {
      it(`never ${verb} ${resource}${group === '' ? '' : `.${group}`}`, async () => {
        await eventually(async () => expect(await may(verb, group, resource)).to.equal(false));
      });
    }

    it('write NetworkPolicies, Roles and RoleBindings', async () => {
      for (const verb of ['create', 'update', 'delete']) {
        expect(await may(verb, 'networking.k8s.io', 'networkpolicies'), verb).to.equal(true);
        expect(await may(verb, 'rbac.authorization.k8s.io', 'roles'), verb).to.equal(true);
        expect(await may(verb, 'rbac.authorization.k8s.io', 'rolebindings'), verb).to.equal(true);
      }
    });

    it('hold its own Lease, and neither another nor delete any', async () => {
      const lease = (verb: string, name: string) =>
        may(verb, 'coordination.k8s.io', 'leases', { namespace: OPERATOR_NAMESPACE, name });
      for (const verb of ['get', 'list', 'watch', 'update']) {
        expect(await lease(verb, LEASE_NAME), verb).to.equal(true);
        expect(await lease(verb, 'kube-scheduler'), verb).to.equal(false);
      }
      expect(await lease('delete', LEASE_NAME)).to.equal(false);
      expect(await lease('patch', LEASE_NAME)).to.equal(false);
      expect(await may('create', 'coordination.k8s.io', 'leases', { namespace: OPERATOR_NAMESPACE })).to.equal(true);
      expect(await may('create', 'coordination.k8s.io', 'leases', { namespace: 'kube-system' })).to.equal(false);
    });

    it('read every ClusterRole, and write none', async () => {
      const account = kubeAdmin(await controlPlane().serviceAccountKubeconfig(OPERATOR_NAMESPACE, OPERATOR_ACCOUNT));
      try {
        const path = `${RBAC}/clusterroles`;
        const seen = (await account.list(path)).map(({ metadata }) => metadata.name);
        expect(seen).to.include.members([GRANTABLE_ROLE, 'cluster-admin']);
        const edit = { metadata: { annotations: { edited: 'yes' } } };
        expect((await account.request('PATCH', `${path}/${GRANTABLE_ROLE}`, edit)).status).to.equal(403);
      } finally {
        await account.close();
      }
    });
  });

  it('lets everybody who may view a namespace see its report, and no baseline or waiver', async () => {
    await eventually(async () => {
      const { rules } = await admin.get(`${RBAC}/clusterroles/view`);
      expect(JSON.stringify(rules))
        .to.contain('baselinereports')
        .and.not.to.match(/securitybaselines|baselinewaivers/);
    });
    const { rules } = await admin.get(`${RBAC}/clusterroles/admin`);
    expect(JSON.stringify(rules)).not.to.match(/securitybaselines|baselinewaivers/);
  });

  describe('has samples', () => {
    for (const file of readdirSync(SAMPLES)) {
      it(`${file} that the API server takes, and that Argo CD prunes only after a human's word`, async () => {
        for (const sample of readManifests(join(SAMPLES, file))) {
          const path = `/apis/drawbridge.dev/v1alpha1/${sample.kind.toLowerCase()}s`;
          const { status, body } = await admin.request('POST', path, sample, DRY_RUN);
          expect(status, JSON.stringify(body)).to.equal(201);
          expect(sample.metadata.annotations).to.deep.equal({
            'argocd.argoproj.io/sync-wave': '1',
            'argocd.argoproj.io/sync-options': 'Prune=confirm,Delete=confirm',
          });
        }
      });
    }
  });
});

const grantable = (admin: KubeAdmin): Promise<AnyObject> => admin.get(`${RBAC}/clusterroles/${GRANTABLE_ROLE}`);

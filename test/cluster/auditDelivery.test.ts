import { expect } from 'chai';
import { compilePolicy } from '../../src/audit/compile/compile.ts';
import type { SectionRule } from '../../src/audit/compile/section.ts';
import type { ManifestObject } from '../../src/audit/delivery/delivery.ts';
import { planGardener } from '../../src/audit/delivery/gardener.ts';
import { planOpenShift } from '../../src/audit/delivery/openShift.ts';
import { list, record } from '../../src/k8s/json.ts';
import { sha256 } from '../../src/kube/sha256.ts';
import type { KubeAdmin, KubeResponse } from '../support/kubeAdmin.ts';
import { kubeAdmin } from '../support/kubeAdmin.ts';
import { useSharedControlPlane } from '../support/sharedControlPlane.ts';
import { OPENSHIFT_API_SERVER } from './openShiftApiServer.ts';

const CLUSTER = '/apis/config.openshift.io/v1/apiservers/cluster';
const APPLY = 'application/apply-patch+yaml';
const MERGE = 'application/merge-patch+json';
const policyOf = (...rules: readonly SectionRule[]) => compilePolicy([{ level: 'Metadata', rules }]);
const OF_GROUPS = policyOf(
  { level: 'Request', verbs: ['update'], userGroups: ['dev'] },
  { level: 'RequestResponse', userGroups: ['ops'] },
);

function planned(policy = OF_GROUPS): ManifestObject {
  const [manifest] = planOpenShift(policy).manifests;
  if (manifest === undefined) throw new Error('there is nothing to send');
  return manifest.object;
}

describe('What is planned for OpenShift and Gardener', () => {
  const controlPlane = useSharedControlPlane();
  let admin: KubeAdmin;

  before(async () => {
    admin = kubeAdmin(controlPlane().kubeconfig);
    await admin.apply(OPENSHIFT_API_SERVER);
  });
  after(async () => {
    await admin?.delete(OPENSHIFT_API_SERVER);
    await admin?.close();
  });

  /** Nothing is stored, and no field may be unknown. */
  const dryRun = (contentType: string, path: string, object: unknown): Promise<KubeResponse> =>
    admin.request('PATCH', path, object, {
      contentType,
      query: {
        dryRun: 'All',
        fieldValidation: 'Strict',
        fieldManager: 'plan',
        ...(contentType === APPLY ? { force: true } : {}),
      },
    });

  for (const [what, policy] of Object.entries({
    'for all alike': policyOf(),
    'with bodies of writes': policyOf({ level: 'Request', verbs: ['create'], resources: [{ group: 'apps' }] }),
    'for members of groups': OF_GROUPS,
  })) {
    it(`is taken as an APIServer, ${what}, and stays as it was sent`, async () => {
      const { status, body } = await dryRun(APPLY, CLUSTER, planned(policy));
      expect(status, body.message).to.be.oneOf([200, 201]);
      expect(body.spec).to.deep.equal(planned(policy).spec);
    });
  }

  for (const [what, audit, said] of [
    ['a profile that there is not', { profile: 'WriteRequestBody' }, 'Unsupported value: "WriteRequestBody"'],
    ['a rule for no group', { customRules: [{ group: '', profile: 'Default' }] }, 'customRules[0].group'],
    [
      'a field that there is not',
      { profile: 'Default', policy: {} },
      '.spec.audit.policy: field not declared in schema',
    ],
  ] as const) {
    it(`would be refused with ${what}`, async () => {
      const { status, body } = await dryRun(APPLY, CLUSTER, { ...planned(), spec: { audit } });
      // To an apply with a field that it does not know a server answers 500.
      expect(status).to.be.at.least(400);
      expect(body.message).to.contain(said);
    });
  }

  it('takes away what others set for groups when it is a merge patch, as the plan says, and an apply would not', async () => {
    const audit = { profile: 'Default', customRules: [{ group: 'system:nodes', profile: 'None' }] };
    await admin.create({ ...planned(), spec: { audit } });
    try {
      const merged = await dryRun(MERGE, CLUSTER, planned());
      expect([merged.status, merged.body.spec]).to.deep.equal([200, planned().spec]);
      const cleared = await dryRun(MERGE, CLUSTER, planned(policyOf()));
      expect(cleared.body.spec.audit.customRules).to.deep.equal([]);
      const applied = await dryRun(APPLY, CLUSTER, planned());
      const [first] = list(record(record(applied.body.spec).audit).customRules);
      expect(first).to.deep.equal({ group: 'system:nodes', profile: 'None' });
    } finally {
      await admin.delete(CLUSTER);
    }
  });

  it("is a ConfigMap that a server takes, for Gardener's garden cluster", async () => {
    const facts = { namespace: 'default', shoot: 'web', minor: 31, hash: sha256 };
    const [map] = planGardener(OF_GROUPS, facts).manifests;
    const path = `/api/v1/namespaces/default/configmaps/${map?.object.metadata.name}`;
    const { status, body } = await dryRun(APPLY, path, map?.object);
    expect(status, body.message).to.equal(201);
    expect(body.data).to.deep.equal(map?.object.data);
  });
});

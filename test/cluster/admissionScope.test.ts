import { expect } from 'chai';
import fc from 'fast-check';
import type { Refusal } from '../../src/controls/admission/policy.ts';
import { policySpec, validationActions } from '../../src/controls/admission/policy.ts';
import { namespaceVariables } from '../../src/controls/admission/scope.ts';
import { selects } from '../../src/core/govern/baseline.ts';
import { baselineHead } from '../support/arbitrary/baselineSpec.ts';
import { labels } from '../support/arbitrary/labels.ts';
import { OWN } from '../support/build.ts';
import { eventually } from '../support/eventually.ts';
import type { KubeAdmin } from '../support/kubeAdmin.ts';
import { kubeAdmin } from '../support/kubeAdmin.ts';
import { useSharedControlPlane } from '../support/sharedControlPlane.ts';

const SEED = 23;
const SPECS = 80;
const NAMESPACES = 40;
const NAMES = ['payments', 'shop', 'kube-system', 'openshift-dns', OWN, 'a-test', 'sandbox-1'];
const NAMESPACE = 'admission-scope';

/**
 * Says by a warning which of many baselines select what a ConfigMap pretends to be: it has a name and labels, as a namespace
 * has, and those of platform namespaces as well, which nobody can make at will.
 */
function asking(specs: readonly Parameters<typeof selects>[0][]): Refusal {
  const sources = specs.map((spec, index) => ({ baseline: `b${index}`, action: 'Warn' as const, spec }));
  return {
    topic: 'scope',
    action: 'Warn',
    about: [{ group: '', version: 'v1', resources: ['configmaps'], operations: ['CREATE'] }],
    conditions: [{ name: 'here', expression: `object.metadata.namespace == '${NAMESPACE}'` }],
    variables: namespaceVariables('object', sources, OWN),
    validations: [
      {
        expression: "object.metadata.name == 'kube-root-ca.crt'",
        say: "'selected by [' + variables.selectedBy.join(',') + ']'",
      },
    ],
  };
}

async function make(admin: KubeAdmin, refusal: Refusal): Promise<void> {
  const head = { apiVersion: 'admissionregistration.k8s.io/v1', metadata: { name: NAMESPACE } };
  await admin.create({ ...head, kind: 'ValidatingAdmissionPolicy', spec: policySpec(refusal, 'nobody', []) });
  const spec = { policyName: NAMESPACE, validationActions: validationActions('Warn') };
  await admin.create({ ...head, kind: 'ValidatingAdmissionPolicyBinding', spec });
}

describe('The namespaces that policies at admission are about', function () {
  this.timeout(60_000);
  const controlPlane = useSharedControlPlane();
  let admin: KubeAdmin;
  before(() => {
    admin = kubeAdmin(controlPlane().kubeconfig);
  });
  after(async () => {
    const path = '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolic';
    await admin.delete(`${path}ybindings/${NAMESPACE}`);
    await admin.delete(`${path}ies/${NAMESPACE}`);
    await admin.close();
  });

  it('are those that baselines select: an API server and the operator agree about any selector', async () => {
    const specs = fc.sample(baselineHead, { seed: SEED, numRuns: SPECS });
    const namespaces = fc.sample(fc.record({ name: fc.constantFrom(...NAMES), has: labels }), {
      seed: SEED,
      numRuns: NAMESPACES,
    });
    await admin.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } });
    await make(admin, asking(specs));
    const ask = async (name: string, has: object): Promise<string | undefined> => {
      const map = { metadata: { name, labels: has } };
      const query = { dryRun: 'All' };
      const { status, warnings } = await admin.request('POST', `/api/v1/namespaces/${NAMESPACE}/configmaps`, map, {
        query,
      });
      expect(status).to.equal(201);
      return /selected by \[([b\d,]*)\]/.exec(warnings.join())?.[1];
    };
    await eventually(async () => expect(await ask('x', {})).not.to.equal(undefined), { withinMs: 30_000 });
    let selected = 0;
    for (const { name, has } of namespaces) {
      const expected = specs.flatMap((spec, index) => (selects(spec, name, has, OWN) ? [`b${index}`] : []));
      expect(await ask(name, has), `${name} ${JSON.stringify(has)}`).to.equal(expected.join(','));
      selected += expected.length;
    }
    expect(selected).to.be.within(SPECS, (SPECS * NAMESPACES) / 2);
  });
});

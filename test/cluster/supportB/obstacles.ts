import { expect } from 'chai';
import { eventually } from '../../support/eventually.ts';
import type { NewObject } from '../../support/kubeAdmin.ts';
import type { World } from '../../support/world.ts';
import { DENY, policies } from '../support/paths.ts';

/** Puts something into the way of NetworkPolicies in one namespace, which bears the label `obstacle: <its name>`. */
export type Obstacle = (world: World, namespace: string) => Promise<() => Promise<void>>;

const ADMISSION = 'admissionregistration.k8s.io/v1';
const FIELDS = {
  networking: { apiGroups: ['networking.k8s.io'], apiVersions: ['v1'], resources: ['networkpolicies'] },
};
const matching = (namespace: string, operations: readonly string[] = ['CREATE', 'UPDATE']) => ({
  namespaceSelector: { matchLabels: { obstacle: namespace } },
  resourceRules: [{ ...FIELDS.networking, operations }],
});

/** A quota of no NetworkPolicy at all. */
export const noPolicies: Obstacle = async (world, namespace) => {
  const quota: NewObject = {
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: { name: 'none', namespace },
    spec: { hard: { 'count/networkpolicies.networking.k8s.io': '0' } },
  };
  await world.admin.create(quota);
  await untilRefused(world, namespace);
  return () => world.admin.delete(quota);
};

/** A ValidatingAdmissionPolicy that refuses them from everybody whose name starts so. */
export const refusePolicies =
  (reason: 'Forbidden' | 'Invalid', user = '', operations: readonly string[] = ['CREATE', 'UPDATE']): Obstacle =>
  async (world, namespace) => {
    const policy: NewObject = {
      apiVersion: ADMISSION,
      kind: 'ValidatingAdmissionPolicy',
      metadata: { name: namespace },
      spec: {
        matchConstraints: matching(namespace, operations),
        matchConditions: [{ name: 'user', expression: `request.userInfo.username.startsWith('${user}')` }],
        validations: [{ expression: 'false', message: 'not in this house', reason }],
      },
    };
    const binding: NewObject = {
      apiVersion: ADMISSION,
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata: { name: namespace },
      spec: { policyName: namespace, validationActions: ['Deny'] },
    };
    await world.admin.create(policy);
    await world.admin.create(binding);
    await untilRefused(world, namespace, user, operations.includes('CREATE') ? 'POST' : 'DELETE');
    return async () => {
      await world.admin.delete(binding);
      await world.admin.delete(policy);
    };
  };

/** A webhook that must answer and does not. */
export const brokenWebhook: Obstacle = async (world, namespace) => {
  const webhook: NewObject = {
    apiVersion: ADMISSION,
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name: namespace },
    webhooks: [
      {
        name: 'broken.example.com',
        admissionReviewVersions: ['v1'],
        sideEffects: 'None',
        failurePolicy: 'Fail',
        timeoutSeconds: 1,
        clientConfig: { url: 'https://127.0.0.1:1/' },
        namespaceSelector: { matchLabels: { obstacle: namespace } },
        rules: [{ ...FIELDS.networking, operations: ['CREATE', 'UPDATE'], scope: 'Namespaced' }],
      },
    ],
  };
  await world.admin.create(webhook);
  await untilRefused(world, namespace);
  return () => world.admin.delete(webhook);
};

/** A MutatingAdmissionPolicy that lets everybody in, whatever the policy says. */
export const widenPolicies: Obstacle = async (world, namespace) => {
  const policy: NewObject = {
    apiVersion: ADMISSION,
    kind: 'MutatingAdmissionPolicy',
    metadata: { name: namespace },
    spec: {
      matchConstraints: matching(namespace),
      reinvocationPolicy: 'Never',
      mutations: [
        {
          patchType: 'JSONPatch',
          jsonPatch: {
            expression: '[JSONPatch{op: "add", path: "/spec/ingress", value: [{}]}]',
          },
        },
      ],
    },
  };
  const binding: NewObject = {
    apiVersion: ADMISSION,
    kind: 'MutatingAdmissionPolicyBinding',
    metadata: { name: namespace },
    spec: { policyName: namespace },
  };
  await world.admin.create(policy);
  await world.admin.create(binding);
  await eventually(async () => {
    const { body } = await tryPolicy(world, namespace);
    expect(body.spec?.ingress, JSON.stringify(body)).to.deep.equal([{}]);
  });
  return async () => {
    await world.admin.delete(binding);
    await world.admin.delete(policy);
  };
};

/** Admission learns of its rules a moment later than their author. */
const untilRefused = (world: World, namespace: string, user = '', method: 'POST' | 'DELETE' = 'POST'): Promise<void> =>
  eventually(async () => {
    const { status } = await tryPolicy(world, namespace, user, method);
    expect(status).to.be.at.least(400).and.not.equal(404);
  });

/** As a dry run; a deletion is tried on the deny. */
const tryPolicy = (world: World, namespace: string, user = '', method: 'POST' | 'DELETE' = 'POST') => {
  const client = user === '' ? world.admin : world.admin.impersonating(`${user}probe:probe`, ['system:masters']);
  const probe = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'probe', namespace },
    spec: { podSelector: {}, policyTypes: ['Ingress'] },
  };
  const query = { query: { dryRun: 'All' } };
  return method === 'POST'
    ? client.request(method, policies(namespace), probe, query)
    : client.request(method, policies(namespace, DENY), undefined, query);
};

import { withBinding, withPolicyRule, withRbac } from './baselines.ts';
import type { Refusal } from './refusal.ts';

const NEVER = 'a baseline never grants *, bind, escalate or impersonate: list the verbs that are needed';
const NO_WRITE = 'a baseline grants no write on namespaces, networkpolicies, or anything in rbac.authorization.k8s.io';
const POLICY_RULE = { apiGroups: [''], resources: ['pods'], verbs: ['get'] };
const BINDING = {
  name: 'viewers',
  roleRef: { kind: 'Role', name: 'viewer' },
  subjects: [{ kind: 'Group', name: 'team-a' }],
};

const refusedVerb = (verb: string): Refusal => ({
  name: `the verb ${verb}`,
  object: withPolicyRule({ verbs: ['get', verb] }),
  message: `spec.rbac.roles[0].rules[0].verbs[1]: Invalid value: ${NEVER}`,
});

const refusedWrite = (group: string, resource: string, verb: string): Refusal => ({
  name: `THREATS 9: ${verb} on ${resource} of "${group}"`,
  object: withPolicyRule({ apiGroups: ['apps', group], resources: ['deployments', resource], verbs: ['get', verb] }),
  message: NO_WRITE,
});

/** Wrong in the rbac section, outside subjects. */
export const REFUSED_RBAC: readonly Refusal[] = [
  ...['*', 'bind', 'escalate', 'impersonate', 'impersonate:user-info'].map(refusedVerb),
  refusedWrite('', 'namespaces', 'patch'),
  refusedWrite('', 'namespaces/finalize', 'update'),
  refusedWrite('networking.k8s.io', 'networkpolicies', 'delete'),
  refusedWrite('networking.k8s.io', 'networkpolicies', 'deletecollection'),
  refusedWrite('rbac.authorization.k8s.io', 'roles', 'create'),
  refusedWrite('rbac.authorization.k8s.io', 'rolebindings', 'create'),
  refusedWrite('rbac.authorization.k8s.io', 'clusterroles', 'update'),
  refusedWrite('rbac.authorization.k8s.io', 'clusterrolebindings', 'patch'),
  refusedWrite('drawbridge.dev', 'securitybaselines', 'patch'),
  refusedWrite('drawbridge.dev', 'baselinereports', 'update'),
  {
    name: 'all API groups',
    object: withPolicyRule({ apiGroups: ['*'] }),
    message: 'name each API group: * would also grant what is installed later',
  },
  {
    name: 'an API group with its version',
    object: withPolicyRule({ apiGroups: ['apps/v1'] }),
    message: 'write the group without its version: apps instead of apps/v1, and "" for the core group',
  },
  {
    name: 'the core group by name',
    object: withPolicyRule({ apiGroups: ['core'] }),
    message: 'write the group without its version: apps instead of apps/v1, and "" for the core group',
  },
  ...['*', '*/scale', 'pods/*'].map((resource) => ({
    name: `the resource ${resource}`,
    object: withPolicyRule({ resources: [resource] }),
    message: 'name each resource and subresource: * would also grant what is added later',
  })),
  {
    name: 'a kind as a resource',
    object: withPolicyRule({ resources: ['Pod'] }),
    message: 'write the resource in lower case and plural: pods instead of Pod',
  },
  {
    name: 'a verb in upper case',
    object: withPolicyRule({ verbs: ['GET'] }),
    message: 'write the verb in lower case, such as get',
  },
  {
    name: 'a pattern as a name',
    object: withPolicyRule({ resourceNames: ['*'] }),
    message: 'names are compared as they are: leave resourceNames out for all objects',
  },
  {
    name: 'one role name twice',
    object: withRbac({
      roles: [
        { name: 'viewer', rules: [POLICY_RULE] },
        { name: 'viewer', rules: [POLICY_RULE] },
      ],
    }),
    message: 'spec.rbac.roles[1]: Duplicate value: {"name":"viewer"}',
  },
  {
    name: 'one binding name twice',
    object: withRbac({ roles: [{ name: 'viewer', rules: [POLICY_RULE] }], roleBindings: [BINDING, BINDING] }),
    message: 'spec.rbac.roleBindings[1]: Duplicate value: {"name":"viewers"}',
  },
  {
    name: 'a roleRef to a role of nobody',
    object: withRbac({ roles: [{ name: 'editor', rules: [POLICY_RULE] }], roleBindings: [BINDING] }),
    message: 'a roleRef of kind Role names a role of this baseline: add it to roles, or write kind: ClusterRole',
  },
  {
    name: 'a roleRef to a role, without roles',
    object: withBinding({ roleRef: { kind: 'Role', name: 'viewer' } }),
    message: 'a roleRef of kind Role names a role of this baseline: add it to roles, or write kind: ClusterRole',
  },
  {
    name: 'a roleRef that is no name',
    object: withBinding({ roleRef: { kind: 'ClusterRole', name: 'a/b' } }),
    message: 'write the name of a role, without / or %',
  },
];

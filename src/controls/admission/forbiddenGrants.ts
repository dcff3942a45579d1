import type { AdmissionAction, ForbiddenGrant } from '../../api/types.ts';
import { allOf, anyOf, quoted } from './cel.ts';
import type { Refusal, Validation, Variable } from './policy.ts';
import { MAY_OVERRIDE, OR_OVERRIDE } from './policy.ts';
import { holdersCel, namespaceVariables } from './scope.ts';
import type { AdmissionSource } from './source.ts';
import { forbidding } from './source.ts';

interface Atom {
  readonly verbs: readonly string[];
  readonly group: string;
  readonly resources: readonly string[];
}

const RBAC = 'rbac.authorization.k8s.io';
const CHANGE_POD_TEMPLATES = ['create', 'update', 'patch'];

/** What a rule grants when it is about one of these; `*` in a rule stands for all of them. */
const ATOMS: Readonly<Record<Exclude<ForbiddenGrant, 'Wildcards'>, readonly Atom[]>> = {
  Escalation: [
    { verbs: ['bind', 'escalate'], group: RBAC, resources: ['roles', 'clusterroles'] },
    { verbs: ['impersonate'], group: '', resources: ['users', 'groups', 'serviceaccounts'] },
    { verbs: ['create'], group: '', resources: ['serviceaccounts/token'] },
  ],
  SecretReaders: [{ verbs: ['get', 'list', 'watch'], group: '', resources: ['secrets'] }],
  // Clients with WebSockets ask for `get` where others ask for `create`.
  PodExec: [
    { verbs: ['get', 'create'], group: '', resources: ['pods/exec', 'pods/attach'] },
    { verbs: ['update', 'patch'], group: '', resources: ['pods/ephemeralcontainers'] },
  ],
  // Who makes a pod chooses its ServiceAccount, and mounts any Secret of the namespace.
  WorkloadCreators: [
    { verbs: CHANGE_POD_TEMPLATES, group: '', resources: ['pods', 'replicationcontrollers'] },
    {
      verbs: CHANGE_POD_TEMPLATES,
      group: 'apps',
      resources: ['daemonsets', 'deployments', 'replicasets', 'statefulsets'],
    },
    { verbs: CHANGE_POD_TEMPLATES, group: 'batch', resources: ['cronjobs', 'jobs'] },
  ],
};

const MEANS: Readonly<Record<ForbiddenGrant, string>> = {
  Wildcards: 'a wildcard, which also covers what does not exist yet',
  Escalation: 'more than it says, by bind, escalate, impersonate or tokens',
  SecretReaders: 'reading Secrets',
  PodExec: 'commands in running pods',
  WorkloadCreators: 'making pods',
};

export const GRANTS = Object.keys(MEANS) as readonly ForbiddenGrant[];

/** A subresource of everything is also written with a star: `*` followed by `/exec`. */
const starsFor = (resource: string): readonly string[] => {
  const slash = resource.indexOf('/');
  return slash < 0 ? ['*'] : ['*', `*${resource.slice(slash)}`];
};

const some = (field: string, values: readonly string[]): string =>
  `has(r.${field}) && r.${field}.exists(x, x in ${quoted([...new Set(values)])})`;

/** Whether the rule `r` grants it. */
function ruleGrants(grant: ForbiddenGrant): string {
  if (grant === 'Wildcards') {
    return anyOf([
      `(${some('verbs', ['*'])})`,
      `(${some('apiGroups', ['*'])})`,
      "(has(r.resources) && r.resources.exists(x, x.contains('*')))",
    ]);
  }
  return anyOf(
    ATOMS[grant].map(({ verbs, group, resources }) =>
      allOf([
        some('verbs', [...verbs, '*']),
        some('apiGroups', [group, '*']),
        some('resources', [...resources, ...resources.flatMap(starsFor)]),
      ]),
    ),
  );
}

const holdersOf = (grant: ForbiddenGrant): string => `holders${grant}`;

const holderVariables = (sources: readonly AdmissionSource[], action: AdmissionAction): readonly Variable[] =>
  asked(sources, action).map((grant) => ({
    name: holdersOf(grant),
    expression: holdersCel(forbidding(sources, grant), action),
  }));

/** Which grants somebody forbids at this action. */
const asked = (sources: readonly AdmissionSource[], action: AdmissionAction): readonly ForbiddenGrant[] =>
  GRANTS.filter((grant) => forbidding(sources, grant).some((source) => source.action === action));

export const forbidsAny = (sources: readonly AdmissionSource[], action: AdmissionAction): boolean =>
  asked(sources, action).length > 0;

const about = (resource: string): Refusal['about'] => [
  { group: RBAC, version: 'v1', resources: [resource], operations: ['CREATE', 'UPDATE'] },
];

const validation = (grant: ForbiddenGrant, isGranted: string, what: string): Validation => ({
  expression: `variables.${holdersOf(grant)}.size() == 0 || !(${isGranted}) || variables.mayOverride`,
  say: `'${what}: SecurityBaseline ' + variables.${holdersOf(grant)}.join(', ') + ' forbids ${grant}. Leave it out${OR_OVERRIDE}'`,
});

/** Roles that grant what is forbidden. What was granted before may be edited elsewhere than in its rules. */
export const forbiddenRoles = (
  sources: readonly AdmissionSource[],
  action: AdmissionAction,
  ownNamespace: string,
): Refusal => ({
  topic: 'forbidden-roles',
  action,
  about: about('roles'),
  conditions: [
    {
      name: 'rules-change',
      expression:
        "has(object.rules) && (request.operation == 'CREATE' || !has(oldObject.rules) || object.rules != oldObject.rules)",
    },
  ],
  variables: [
    ...namespaceVariables('namespaceObject', sources, ownNamespace),
    ...holderVariables(sources, action),
    MAY_OVERRIDE,
  ],
  validations: asked(sources, action).map((grant) =>
    validation(grant, `object.rules.exists(r, ${ruleGrants(grant)})`, `this Role grants ${MEANS[grant]}`),
  ),
});

/** Everybody, as the API server names them; who is nobody else, as well. */
const EVERYBODY = ['system:anonymous', 'system:unauthenticated', 'system:authenticated', 'system:masters'];
const TO_ALL_RIGHTS = "object.roleRef.kind == 'ClusterRole' && object.roleRef.name == 'cluster-admin'";
const TO_EVERYBODY = `has(object.subjects) && object.subjects.exists(s, s.name in ${quoted(EVERYBODY)})`;

/**
 * RoleBindings that grant what is forbidden, as far as they show it themselves: to cluster-admin, which grants all of it,
 * and to everybody. Which rights another role has, no admission policy can look up; `rbac.forbid` finds these afterwards.
 */
export const forbiddenBindings = (
  sources: readonly AdmissionSource[],
  action: AdmissionAction,
  ownNamespace: string,
): Refusal => {
  const grants = asked(sources, action);
  const holders = grants.map((grant) => `variables.${holdersOf(grant)}`);
  const say = (what: string): string =>
    `'${what}: SecurityBaseline ' + variables.holders.join(', ') + ' forbids it. Bind a smaller role to named subjects${OR_OVERRIDE}'`;
  return {
    topic: 'forbidden-bindings',
    action,
    about: about('rolebindings'),
    conditions: [
      {
        name: 'grants-change',
        expression:
          "request.operation == 'CREATE' || object.roleRef != oldObject.roleRef || (has(object.subjects) && (!has(oldObject.subjects) || object.subjects != oldObject.subjects))",
      },
    ],
    variables: [
      ...namespaceVariables('namespaceObject', sources, ownNamespace),
      ...holderVariables(sources, action),
      // The same baseline may forbid several: the first list that is not empty says enough.
      { name: 'holders', expression: holders.reduceRight((rest, one) => `${one}.size() > 0 ? ${one} : (${rest})`) },
      MAY_OVERRIDE,
    ],
    validations: [
      {
        expression: `variables.holders.size() == 0 || !(${TO_ALL_RIGHTS}) || variables.mayOverride`,
        say: say('a RoleBinding to cluster-admin grants everything'),
      },
      {
        expression: `variables.holders.size() == 0 || !(${TO_EVERYBODY}) || variables.mayOverride`,
        say: say('this RoleBinding is for everybody, or for nobody in particular'),
      },
    ],
  };
};

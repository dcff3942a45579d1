import type { AdmissionAction, ForbiddenGrant } from '../../api/types.ts';
import { namespacedResources } from '../../k8s/rbac/clusterScoped.ts';
import type { EscalationPath } from '../../k8s/rbac/escalationPath.ts';
import { ESCALATION_PATHS } from '../../k8s/rbac/escalationPaths.ts';
import { FORBIDDEN_RIGHTS, FORBIDDEN_WORDS } from '../rbac/forbiddenRights.ts';
import { EVERYBODYS_NAMES } from '../rbac/grantFindings.ts';
import { allOf, anyOf, quoted } from './cel.ts';
import type { Refusal, Validation, Variable } from './policy.ts';
import { MAY_OVERRIDE, OR_OVERRIDE } from './policy.ts';
import { holdersCel, namespaceVariables } from './scope.ts';
import type { AdmissionSource } from './source.ts';
import { forbidding } from './source.ts';

const RBAC = 'rbac.authorization.k8s.io';

/**
 * What a Role grants when one of its rules opens one of these: the paths that findings of `rbac.forbid` rest on, as far as
 * they are about objects in namespaces. One that is about a single namespace is left to the finding.
 */
const pathsOf = (grant: ForbiddenGrant): readonly EscalationPath[] =>
  ESCALATION_PATHS.filter(
    (path) => path.namespace === undefined && FORBIDDEN_RIGHTS[path.id]?.words.includes(grant) === true,
  )
    .map((path) => ({ ...path, resources: namespacedResources(path) }))
    .filter(({ resources }) => resources.length > 0);

const MEANS: Readonly<Record<ForbiddenGrant, string>> = {
  Wildcards: 'a wildcard, which also covers what does not exist yet',
  Escalation: 'more than it says, by bind, escalate, impersonate or tokens',
  SecretReaders: 'reading Secrets',
  PodExec: 'commands in running pods',
  WorkloadCreators: 'making pods',
};

/** A subresource of everything is also written with a star: `*` followed by `/exec`. */
const starsFor = (resource: string): readonly string[] => {
  const slash = resource.indexOf('/');
  return slash < 0 ? ['*'] : ['*', `*${resource.slice(slash)}`];
};

const some = (field: string, values: readonly string[], more = ''): string =>
  `has(r.${field}) && r.${field}.exists(x, x in ${quoted([...new Set(values)])}${more})`;

/** Constrained impersonation (KEP-5284) has verbs of its own: `impersonate:user-info`. */
const CONSTRAINED = " || x.startsWith('impersonate:') || x.startsWith('impersonate-on:')";

/**
 * Whether the rule `r` grants it. The group comes first: a rule mostly has one, and what it has nothing to do with costs
 * no more. With resourceNames a rule may grant less than is said here, never more.
 */
export function ruleGrants(grant: ForbiddenGrant): string {
  if (grant === 'Wildcards') {
    return anyOf([
      `(${some('verbs', ['*'])})`,
      `(${some('apiGroups', ['*'])})`,
      "(has(r.resources) && r.resources.exists(x, x.contains('*')))",
    ]);
  }
  return anyOf(
    pathsOf(grant).map(({ verbs, group, resources = [] }) =>
      allOf([
        ...(group === undefined ? [] : [some('apiGroups', [group, '*'])]),
        ...(verbs === undefined
          ? []
          : [some('verbs', [...verbs, '*'], verbs.includes('impersonate') ? CONSTRAINED : '')]),
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
  FORBIDDEN_WORDS.filter((grant) => forbidding(sources, grant).some((source) => source.action === action));

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

const TO_ALL_RIGHTS = "object.roleRef.kind == 'ClusterRole' && object.roleRef.name == 'cluster-admin'";
const TO_EVERYBODY = `has(object.subjects) && object.subjects.exists(s, s.kind != 'ServiceAccount' && s.name in ${quoted(EVERYBODYS_NAMES)})`;

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

import fc from 'fast-check';
import type { RbacSpec, RoleBindingSpec, RoleSpec, SubjectSpec } from '../../../src/api/types.ts';
import { dnsLabel } from './name.ts';

type ForbiddenWord = NonNullable<RbacSpec['forbid']>[number];
type Rule = RoleSpec['rules'][number];

const READ = ['get', 'list', 'watch'];
/** What upholds a baseline may only be read. */
const PROTECTED = ['namespaces', 'networkpolicies', 'networkpolicies/status', 'roles'];

/** A rule of a role as the schema takes it; lists may name the same twice. */
const policyRule: fc.Arbitrary<Rule> = fc
  .record(
    {
      apiGroups: fc.array(fc.constantFrom('', 'apps', 'networking.k8s.io', 'rbac.authorization.k8s.io'), {
        minLength: 1,
        maxLength: 2,
      }),
      resources: fc.array(fc.constantFrom('pods', 'pods/log', 'deployments', 'deployments/scale', ...PROTECTED), {
        minLength: 1,
        maxLength: 3,
      }),
      verbs: fc.array(fc.constantFrom(...READ, 'create', 'patch', 'delete'), { minLength: 1, maxLength: 3 }),
      resourceNames: fc.array(fc.constantFrom('a', 'b', 'Some:Name'), { maxLength: 2 }),
    },
    { requiredKeys: ['apiGroups', 'resources', 'verbs'] },
  )
  .map((rule) => {
    const isProtected =
      rule.apiGroups.includes('rbac.authorization.k8s.io') || rule.resources.some((name) => PROTECTED.includes(name));
    if (!isProtected) return rule;
    const verbs = rule.verbs.filter((verb) => READ.includes(verb));
    return { ...rule, verbs: verbs.length === 0 ? ['get'] : verbs };
  });

const subject: fc.Arbitrary<SubjectSpec> = fc.oneof(
  fc.record({
    kind: fc.constantFrom('User' as const, 'Group' as const),
    name: fc.constantFrom(
      'eve',
      'team-a',
      'oidc:Team A/b',
      'ns-$(namespace.name)',
      'team-$(namespace.labels.team)',
      'team-$(namespace.labels.example.com/tier)',
      `u${'v'.repeat(252)}`,
    ),
  }),
  fc.record(
    {
      kind: fc.constant('ServiceAccount' as const),
      name: fc.constantFrom('default', 'dash.board', 'double..dot', 's'.repeat(253)),
      namespace: fc.constantFrom('payments', 'monitoring'),
    },
    { requiredKeys: ['kind', 'name'] },
  ),
);

const role: fc.Arbitrary<RoleSpec> = fc.record({
  name: dnsLabel,
  rules: fc.array(policyRule, { minLength: 1, maxLength: 3 }),
});

const bindingFor = (roles: readonly RoleSpec[]): fc.Arbitrary<RoleBindingSpec> =>
  fc.record({
    name: dnsLabel,
    roleRef: fc.oneof(
      fc.record({
        kind: fc.constant('ClusterRole' as const),
        name: fc.constantFrom('view', 'a', 'system:Basic-user', 'c'.repeat(253)),
      }),
      ...(roles.length === 0
        ? []
        : [
            fc.record({
              kind: fc.constant('Role' as const),
              name: fc.constantFrom(...roles.map(({ name }) => name)),
            }),
          ]),
    ),
    subjects: fc.array(subject, { minLength: 1, maxLength: 3 }),
  });

/** An rbac section that the CRD accepts (test/cluster/echo.test.ts has the API server say so). */
export const rbacSpec: fc.Arbitrary<RbacSpec> = fc
  .uniqueArray(role, { selector: ({ name }) => name, maxLength: 3 })
  .chain((roles) =>
    fc
      .record({
        roleBindings: fc.uniqueArray(bindingFor(roles), { selector: ({ name }) => name, maxLength: 3 }),
        forbid: fc.subarray<ForbiddenWord>(['Wildcards', 'Escalation', 'SecretReaders', 'PodExec', 'WorkloadCreators']),
      })
      .map(({ roleBindings, forbid }) => ({
        roles,
        ...(roleBindings.length === 0 ? {} : { roleBindings }),
        ...(forbid.length === 0 ? {} : { forbid }),
      })),
  );

import fc from 'fast-check';
import type { AuditSection } from '../../../src/audit/compile/section.ts';
import type { AuditedRequest } from '../../../src/audit/match.ts';
import { LEVELS } from '../../../src/audit/policy.ts';

/** Few words, so that rules and requests meet often; among them what the floor and the ceiling are about. */
const USERS = ['bob', 'alice', 'system:kube-scheduler'];
const GROUPS = ['dev', 'ops'];
const VERBS = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection'];
const API_GROUPS = ['', 'apps', 'rbac.authorization.k8s.io', 'drawbridge.dev', 'authentication.k8s.io'];
const PLAIN = ['pods', 'secrets', 'configmaps', 'namespaces', 'roles', 'securitybaselines', 'tokenreviews'];
const RESOURCES = [...PLAIN, 'pods/exec', 'serviceaccounts/token', 'pods/*', '*/exec', '*'];
const NAMES = ['web', 'db'];
const PATHS = ['/healthz', '/healthz*', '/*', '*'];

const level = fc.constantFrom(...LEVELS);
const some = (words: readonly string[]) =>
  fc.oneof(fc.constant([]), fc.subarray([...words], { minLength: 1, maxLength: Math.min(3, words.length) }));
const who = { level, users: some(USERS), userGroups: some(GROUPS), verbs: some(VERBS) };
const resources = fc
  .record({ group: fc.constantFrom(...API_GROUPS), resources: some(RESOURCES), resourceNames: some(NAMES) })
  .map(({ resourceNames, ...rest }) => (rest.resources.length === 0 ? rest : { ...rest, resourceNames }));
const rule = fc.oneof(
  { weight: 4, arbitrary: fc.record({ ...who, resources: fc.array(resources, { maxLength: 2 }) }) },
  { weight: 1, arbitrary: fc.record({ ...who, nonResourceURLs: some(PATHS) }) },
);

export const anySection: fc.Arbitrary<AuditSection> = fc.record({ level, rules: fc.array(rule, { maxLength: 5 }) });

const target: fc.Arbitrary<AuditedRequest['target']> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      type: fc.constant('resource' as const),
      group: fc.constantFrom(...API_GROUPS),
      resource: fc.constantFrom(...PLAIN, 'serviceaccounts'),
      subresource: fc.constantFrom('', '', 'exec', 'token', 'status'),
      namespace: fc.constantFrom('', 'shop'),
      name: fc.constantFrom('', ...NAMES),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ type: fc.constant('path' as const), path: fc.constantFrom('/healthz', '/healthz/x', '/a') }),
  },
);

export const anyRequest: fc.Arbitrary<AuditedRequest> = fc.record({
  user: fc.option(
    fc.record({ name: fc.constantFrom(...USERS, 'eve'), groups: fc.subarray([...GROUPS, 'system:authenticated']) }),
    { nil: undefined },
  ),
  verb: fc.constantFrom(...VERBS),
  target,
});

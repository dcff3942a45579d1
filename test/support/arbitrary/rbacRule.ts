import fc from 'fast-check';
import type { PolicyRule } from '../../../src/k8s/policyRule.ts';

const VERBS = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection', 'bind', 'escalate'];
const GROUPS = [
  '',
  'apps',
  'batch',
  'rbac.authorization.k8s.io',
  'drawbridge.dev',
  'certificates.k8s.io',
  'example.com',
];
const RESOURCES = [
  'pods',
  'pods/exec',
  'pods/log',
  'secrets',
  'deployments',
  'roles',
  'clusterroles',
  'nodes/proxy',
  'services/proxy',
  'serviceaccounts',
  'serviceaccounts/token',
  'users',
  'configmaps',
  'namespaces',
  'baselinereports',
  'widgets',
];
/** `aws-auth` opens a path by its name. */
export const NAMES = ['a', 'b', 'aws-auth'];

const some = (...items: readonly string[]) => fc.uniqueArray(fc.constantFrom(...items), { minLength: 1, maxLength: 3 });
/** A star now and then. */
const withStar = (items: readonly string[], ...stars: readonly string[]) =>
  fc.oneof({ weight: 5, arbitrary: some(...items) }, { weight: 1, arbitrary: some(...items, '*', ...stars) });

export const resourceRule: fc.Arbitrary<PolicyRule> = fc.record({
  verbs: withStar([...VERBS, 'impersonate', 'impersonate:user-info', 'frobnicate']),
  apiGroups: withStar(GROUPS),
  resources: withStar(RESOURCES, '*/exec', '*/proxy', '*/token', 'pods/*'),
  resourceNames: fc.oneof(
    { weight: 3, arbitrary: fc.constant<string[]>([]) },
    { weight: 1, arbitrary: some(...NAMES) },
  ),
});

const URLS = ['/healthz', '/healthz*', '/healthz/*', '/metrics', '/api/*', '*', '/a**'];
export const urlRule: fc.Arbitrary<PolicyRule> = fc.record({
  verbs: withStar(['get', 'post']),
  nonResourceURLs: some(...URLS),
});

/** A rule that the API server takes in a ClusterRole. */
export const rbacRule: fc.Arbitrary<PolicyRule> = fc.oneof(
  { weight: 5, arbitrary: resourceRule },
  { weight: 1, arbitrary: urlRule },
);

/** A request made of what a rule names, so that it is allowed more often than one of anything. */
export const requestNear = (rule: PolicyRule): fc.Arbitrary<RbacRequest> => {
  const one = (items: readonly string[] | undefined, other: string) =>
    fc
      .constantFrom(...(items?.length ? items : [other]), other)
      .map((item) => item.replace(/\*+$/, 'star').replace('*', 'new'));
  return rule.nonResourceURLs === undefined
    ? fc.record({
        verb: one(rule.verbs, 'get'),
        group: one(rule.apiGroups, ''),
        resource: one(rule.resources, 'pods'),
        name: one(rule.resourceNames, ''),
      })
    : fc.record({ verb: one(rule.verbs, 'get'), path: one(rule.nonResourceURLs, '/new') });
};

/** A request, as a SubjectAccessReview asks it. */
export interface RbacRequest {
  readonly verb: string;
  readonly group?: string;
  readonly resource?: string;
  readonly name?: string;
  readonly path?: string;
}

export const rbacRequest: fc.Arbitrary<RbacRequest> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      verb: fc.constantFrom(...VERBS, 'impersonate', 'impersonate:user-info', 'newverb'),
      group: fc.constantFrom(...GROUPS, 'new.example.com'),
      resource: fc.constantFrom(...RESOURCES, 'widgets/exec', 'widgets/proxy', 'newones'),
      name: fc.constantFrom('', ...NAMES, 'newname'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      verb: fc.constantFrom('get', 'post', 'newverb'),
      path: fc.constantFrom('/healthz', '/healthz/etcd', '/metrics', '/api/v1', '/new', '/a', '/ab'),
    }),
  },
);

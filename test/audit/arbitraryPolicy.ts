import fc from 'fast-check';

/** Few words, so that rules and requests meet often. */
export const USERS = ['bob', 'alice', 'carol'] as const;
/** Alice may do everything, so that her requests have answers with bodies. */
export const GROUPS: Readonly<Record<(typeof USERS)[number], readonly string[]>> = {
  bob: ['dev'],
  alice: ['dev', 'ops', 'system:masters'],
  carol: [],
};
/** Impersonated, or anonymous, or nobody at all. */
const OTHERS = ['deployer', 'system:anonymous', ''];
const VERBS = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection', '*', 'post', ''];
const NAMESPACES = ['shop', 'bank', 'web', ''];
const RESOURCES = [
  'pods',
  'pods/log',
  'pods/exec',
  'pods/*',
  '*/log',
  '*/scale',
  '*/status',
  'configmaps',
  'deployments',
  'namespaces',
  'namespaces/status',
  'clusterroles',
  '*',
];
const NAMES = ['web', 'db', ''];
const PATHS = ['/healthz', '/healthz*', '/version', '/apis/*', '/*', '*'];
const STAGES = ['RequestReceived', 'ResponseStarted', 'ResponseComplete', 'Panic'];
const GROUP_NAMES = ['dev', 'ops', 'release', 'system:masters', 'system:authenticated', 'system:unauthenticated'];

const some = (words: readonly string[]) =>
  fc.oneof(
    { weight: 2, arbitrary: fc.constant([]) },
    fc.subarray([...words], { minLength: 1, maxLength: Math.min(3, words.length) }),
  );
const seldom = <T>(arbitrary: fc.Arbitrary<T>, none: T) =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(none) }, arbitrary);
const level = fc.constantFrom('None', 'Metadata', 'Request', 'RequestResponse', 'RequestResponse');

const resources = fc
  .record({
    group: fc.constantFrom('', 'apps', 'rbac.authorization.k8s.io', '*'),
    resources: some(RESOURCES),
    resourceNames: some(NAMES),
  })
  .map(({ resourceNames, ...rest }) => (rest.resources.length === 0 ? rest : { ...rest, resourceNames }));

const common = {
  level,
  users: seldom(some([...USERS, ...OTHERS]), []),
  userGroups: seldom(some(GROUP_NAMES), []),
  verbs: some(VERBS),
  omitStages: seldom(fc.subarray(STAGES), []),
  omitManagedFields: fc.constantFrom(undefined, undefined, true, false),
};
const ofResources = fc.record({
  ...common,
  namespaces: some(NAMESPACES),
  resources: fc.array(resources, { maxLength: 2 }),
});
const ofPaths = fc.record({ ...common, nonResourceURLs: some(PATHS) });

/** A policy that a server accepts, as its file holds it. */
export const anyPolicy = fc
  .record({
    omitStages: fc.constantFrom<string[]>([], ['RequestReceived'], ['RequestReceived', 'ResponseStarted'], ['Panic']),
    omitManagedFields: fc.boolean(),
    rules: fc.array(fc.oneof({ weight: 4, arbitrary: ofResources }, { weight: 1, arbitrary: ofPaths }), {
      minLength: 3,
      maxLength: 10,
    }),
  })
  .map((policy) => ({ apiVersion: 'audit.k8s.io/v1', kind: 'Policy', ...policy }));

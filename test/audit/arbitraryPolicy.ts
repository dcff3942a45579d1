import fc from 'fast-check';

/** Few words, so that rules and requests meet often. */
export const USERS = ['bob', 'alice', 'carol'] as const;
export const GROUPS: Readonly<Record<(typeof USERS)[number], readonly string[]>> = {
  bob: ['dev'],
  alice: ['dev', 'ops'],
  carol: [],
};
const VERBS = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection', '*'];
const NAMESPACES = ['shop', 'bank', ''];
const RESOURCES = ['pods', 'pods/log', 'pods/exec', 'pods/*', '*/log', '*/scale', 'configmaps', 'deployments', '*'];
const NAMES = ['web', 'db'];
const PATHS = ['/healthz', '/healthz*', '/version', '/*', '*'];

const some = (words: readonly string[]) =>
  fc.oneof(
    { weight: 2, arbitrary: fc.constant([]) },
    fc.subarray([...words], { minLength: 1, maxLength: Math.min(3, words.length) }),
  );
const level = fc.constantFrom('None', 'Metadata', 'Request', 'RequestResponse');

const resources = fc
  .record({ group: fc.constantFrom('', 'apps', '*'), resources: some(RESOURCES), resourceNames: some(NAMES) })
  .map(({ resourceNames, ...rest }) => (rest.resources.length === 0 ? rest : { ...rest, resourceNames }));

const common = {
  level,
  users: some(USERS),
  userGroups: some(['dev', 'ops', 'system:authenticated']),
  verbs: some(VERBS),
};
const ofResources = fc.record({
  ...common,
  namespaces: some(NAMESPACES),
  resources: fc.array(resources, { maxLength: 2 }),
});
const ofPaths = fc.record({ ...common, nonResourceURLs: some(PATHS) });

/** A policy that a server accepts, as its file holds it. */
export const anyPolicy = fc
  .array(fc.oneof({ weight: 4, arbitrary: ofResources }, { weight: 1, arbitrary: ofPaths }), {
    minLength: 3,
    maxLength: 8,
  })
  .map((rules) => ({ apiVersion: 'audit.k8s.io/v1', kind: 'Policy', omitStages: ['RequestReceived'], rules }));

/** A request: who, how, and what of. */
export interface AnyRequest {
  readonly user: (typeof USERS)[number];
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** With its query. */
  readonly path: string;
}

const collection = fc.constantFrom(
  '/api/v1/pods',
  '/api/v1/namespaces/shop/pods',
  '/api/v1/namespaces/bank/pods',
  '/api/v1/namespaces/shop/configmaps',
  '/apis/apps/v1/deployments',
  '/apis/apps/v1/namespaces/bank/deployments',
);
const item = fc.constantFrom('/web', '/db', '/web/log', '/db/exec', '/web/scale').map((suffix) => suffix);
const inNamespace = collection.filter((path) => path.includes('/namespaces/'));
const ofObjects = fc.oneof(
  fc.record({ method: fc.constantFrom('GET' as const, 'POST' as const, 'DELETE' as const), path: inNamespace }),
  fc.record({ method: fc.constant('GET' as const), path: collection }),
  fc
    .tuple(fc.constantFrom('GET' as const, 'PUT' as const, 'DELETE' as const), inNamespace, item)
    .map(([method, base, suffix]) => ({ method, path: `${base}${suffix}` })),
);
const ofUrls = fc.record({
  method: fc.constant('GET' as const),
  path: fc.constantFrom('/healthz', '/healthz/ping', '/version', '/apis'),
});

export const anyRequest: fc.Arbitrary<AnyRequest> = fc
  .tuple(fc.constantFrom(...USERS), fc.oneof({ weight: 5, arbitrary: ofObjects }, { weight: 1, arbitrary: ofUrls }))
  .map(([user, rest]) => ({ user, ...rest }));

import fc from 'fast-check';
import { USERS } from './arbitraryPolicy.ts';
import type { Asked } from './auditedServer.ts';

/** A request: who, how, and what of. */
export interface AnyRequest {
  /** `nobody` has no credentials, and those of `mallory` are wrong. */
  readonly who: (typeof USERS)[number] | 'nobody' | 'mallory';
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS';
  /** With its query. */
  readonly path: string;
  readonly as: Readonly<Record<string, string>> | undefined;
}

const RBAC = '/apis/rbac.authorization.k8s.io/v1';
const NAMESPACED = fc
  .tuple(
    fc.constantFrom('shop', 'bank'),
    fc.constantFrom('/api/v1 pods', '/api/v1 configmaps', '/apis/apps/v1 deployments', `${RBAC} roles`),
  )
  .map(([namespace, kind]) => kind.replace(' ', `/namespaces/${namespace}/`));
const OVER_ALL = fc.constantFrom('/api/v1/pods', '/api/v1/configmaps', '/apis/apps/v1/deployments');
const OF_CLUSTER = fc.constantFrom('/api/v1/namespaces', '/api/v1/nodes', `${RBAC}/clusterroles`);
const NAME = fc.constantFrom('web', 'web', 'db', 'we%62');
const SUBRESOURCE = fc.constantFrom('', '', '', '/log', '/exec', '/scale', '/status', '/proxy/a/b');

const query = (...texts: readonly string[]) => fc.constantFrom(...texts);
const LISTS = query('', '', '?limit=1', '?watch=0', '?fieldSelector=metadata.name%3Dweb', '/', '?timeout=bogus');
const WATCHES = query(
  '?watch=true&timeoutSeconds=1',
  '?watch=1&timeoutSeconds=1&timeout=bogus',
  '?fieldSelector=metadata.name%3Ddb&watch=true&timeoutSeconds=1',
);

type Rest = Pick<AnyRequest, 'method' | 'path'>;
const of = (method: fc.Arbitrary<Rest['method']>, ...parts: readonly fc.Arbitrary<string>[]): fc.Arbitrary<Rest> =>
  fc.tuple(method, fc.tuple(...parts)).map(([one, path]) => ({ method: one, path: path.join('') }));
const GET = fc.constant('GET' as const);
const slash = fc.constant('/');
const anywhere = fc.oneof(NAMESPACED, OVER_ALL, OF_CLUSTER);
const items = fc.constantFrom('GET' as const, 'GET' as const, 'HEAD' as const, 'PUT' as const, 'PATCH' as const);

const ofPaths = fc.constantFrom(
  '/',
  '/healthz',
  '/healthz/ping',
  '/version',
  '/apis',
  '/apis/apps/v1',
  '/api/v1',
  '/nowhere',
  '/debug/pprof/nothing',
);

const anyRest: fc.Arbitrary<Rest> = fc.oneof(
  { weight: 3, arbitrary: of(GET, anywhere, LISTS) },
  { weight: 1, arbitrary: of(GET, anywhere, WATCHES) },
  {
    weight: 1,
    arbitrary: of(
      GET,
      query('/api/v1/watch/namespaces/shop/configmaps'),
      query('', '/web'),
      query('?timeoutSeconds=1'),
    ),
  },
  { weight: 4, arbitrary: of(items, NAMESPACED, slash, NAME, SUBRESOURCE) },
  { weight: 2, arbitrary: of(items, OF_CLUSTER, slash, NAME, query('', '/status')) },
  { weight: 3, arbitrary: of(fc.constant('POST' as const), fc.oneof(NAMESPACED, OF_CLUSTER)) },
  { weight: 1, arbitrary: of(fc.constant('POST' as const), NAMESPACED, slash, NAME, SUBRESOURCE) },
  { weight: 2, arbitrary: of(fc.constant('DELETE' as const), NAMESPACED, slash, NAME) },
  { weight: 1, arbitrary: of(fc.constant('DELETE' as const), NAMESPACED) },
  { weight: 1, arbitrary: of(fc.constantFrom('PUT' as const, 'PATCH' as const, 'OPTIONS' as const), NAMESPACED) },
  {
    weight: 2,
    arbitrary: of(fc.constantFrom('GET' as const, 'GET' as const, 'POST' as const, 'HEAD' as const), ofPaths),
  },
);

const anyAs = fc.constantFrom(
  ...Array.from({ length: 8 }, () => undefined),
  { 'impersonate-user': 'deployer' },
  { 'impersonate-user': 'deployer', 'impersonate-group': 'release' },
  { 'impersonate-user': 'bob', 'impersonate-group': 'system:masters' },
  // Which is refused.
  { 'impersonate-group': 'ops' },
);

export const anyRequest: fc.Arbitrary<AnyRequest> = fc
  .tuple(
    fc.constantFrom(...USERS, 'alice' as const, 'alice' as const, 'nobody' as const, 'mallory' as const),
    anyAs,
    anyRest,
  )
  .map(([who, as, rest]) => ({ who, as, ...rest }));

/** What an update sends has managed fields, as kubectl sends what it got; a server forgets all of them if one is wrong. */
const managedFields = (path: string) => [
  {
    manager: 'm',
    operation: 'Update',
    apiVersion: /^\/(?:api|apis\/[^/]+)\/[^/]+/.exec(path)?.[0].replace(/^\/apis?\//, '') ?? 'v1',
    fieldsType: 'FieldsV1',
    fieldsV1: { 'f:metadata': { 'f:labels': {} } },
  },
];

/** As it goes to a server: a body that fits a ConfigMap, and is tried on the others too. */
export function askedOf({ who, method, path, as }: AnyRequest): Asked {
  const object = { metadata: { name: 'web', managedFields: managedFields(path) }, data: { a: 'b' } };
  const bodies: Readonly<Record<string, object>> = { POST: object, PUT: object, PATCH: { data: { a: 'c' } } };
  const body = bodies[method];
  return {
    user: who === 'nobody' ? undefined : who,
    method,
    path,
    headers: { ...as, ...(method === 'PATCH' ? { 'content-type': 'application/merge-patch+json' } : {}) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  };
}

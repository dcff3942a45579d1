import fc from 'fast-check';
import type { AuditEvent } from '../../../src/audit/event.ts';
import { event, target } from './events.ts';

const VERBS = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection', '', '*'];
const RESOURCES = [
  { group: '', resource: 'pods', subresource: '' },
  { group: '', resource: 'pods', subresource: 'log' },
  { group: '', resource: 'pods', subresource: 'exec' },
  { group: '', resource: 'configmaps', subresource: '' },
  { group: '', resource: 'secrets', subresource: '' },
  { group: '', resource: 'nodes', subresource: '' },
  { group: 'apps', resource: 'deployments', subresource: '' },
  { group: 'apps', resource: 'deployments', subresource: 'scale' },
  { group: 'coordination.k8s.io', resource: 'leases', subresource: '' },
  { group: '*', resource: '*', subresource: '' },
];
const NAMESPACES = ['', 'shop', 'payments', 'kube-system', 'No_Namespace'];
const NAMES = ['', 'a', 'b', 'c', 'd', 'aws-auth'];
const PATHS = ['/metrics', '/healthz', '/logs/a', '/api/*', '/'];
const CODES = [200, 200, 201, 404, 409, 422, 403, undefined];
const USERS = ['bob', 'carol', 'system:serviceaccount:shop:bot', 'system:anonymous', ''];
const REASONS = [
  'RBAC: allowed by RoleBinding "broad/shop" of Role "broad" to User "bob"',
  'RBAC: allowed by ClusterRoleBinding "system:discovery" of ClusterRole "system:discovery" to Group "system:authenticated"',
  '',
];

const anyTarget: fc.Arbitrary<AuditEvent['target']> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc
      .tuple(fc.constantFrom(...RESOURCES), fc.constantFrom(...NAMESPACES), fc.constantFrom(...NAMES))
      .map(([resource, namespace, name]) => target({ ...resource, namespace, name })),
  },
  { weight: 1, arbitrary: fc.constantFrom(...PATHS).map((path) => ({ type: 'path' as const, path })) },
);

const anyUser = fc.constantFrom(...USERS).map((name) => ({ name, groups: ['dev', 'system:authenticated'] }));

/** An event of a small world, so that the same right comes up again and again. */
export const anyEvent: fc.Arbitrary<AuditEvent> = fc
  .record({
    auditId: fc.constantFrom('a', 'b', 'c'),
    stage: fc.constantFrom('RequestReceived', 'ResponseStarted', 'ResponseComplete', 'ResponseComplete', 'Panic'),
    user: anyUser,
    impersonated: fc.option(anyUser, { nil: undefined, freq: 6 }),
    verb: fc.constantFrom(...VERBS),
    target: anyTarget,
    code: fc.constantFrom(...CODES),
    decision: fc.constantFrom('allow', 'allow', 'allow', 'forbid', undefined),
    reason: fc.constantFrom(...REASONS),
  })
  .map((fields) => event(fields));

/** A stretch of a log. */
export const anyEvents: fc.Arbitrary<readonly AuditEvent[]> = fc.array(anyEvent, { maxLength: 60 });

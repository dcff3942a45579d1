import type { AuditEvent } from '../../../src/audit/event.ts';

const BOB = { name: 'bob', groups: ['dev', 'system:authenticated'] };

type Resource = Extract<AuditEvent['target'], { type: 'resource' }>;

/** A resource to ask for: pods in shop, unless said otherwise. */
export const target = (fields: Partial<Resource> = {}): Resource => ({
  type: 'resource',
  group: '',
  resource: 'pods',
  subresource: '',
  namespace: 'shop',
  name: '',
  ...fields,
});

/** An event of a request by bob that was allowed and answered well, unless said otherwise. */
export const event = (fields: Partial<AuditEvent> = {}): AuditEvent => ({
  auditId: 'a',
  stage: 'ResponseComplete',
  level: 'Metadata',
  user: BOB,
  impersonated: undefined,
  verb: 'get',
  target: target({ name: 'web' }),
  code: 200,
  decision: 'allow',
  reason: 'RBAC: allowed by RoleBinding "broad/shop" of Role "broad" to User "bob"',
  receivedAt: '2026-11-25T10:00:00.000000Z',
  stageAt: '2026-11-25T10:00:00.100000Z',
  userAgent: 'test',
  hasRequestObject: false,
  hasResponseObject: false,
  isDryRun: false,
  ...fields,
});

/** The same event so many times. */
export const times = (count: number, one: AuditEvent): readonly AuditEvent[] =>
  Array.from({ length: count }, (_, index) => ({ ...one, auditId: `${one.auditId}-${index}` }));

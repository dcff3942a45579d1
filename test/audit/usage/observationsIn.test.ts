import { expect } from 'chai';
import type { AuditEvent } from '../../../src/audit/event.ts';
import { observationsIn } from '../../../src/audit/usage/observationsIn.ts';
import { describePermission } from '../../../src/audit/usage/permission.ts';
import { event, target } from './events.ts';

/** `bob used get pods in shop web`, one line for each piece of evidence. */
function told(fields: Partial<AuditEvent>): readonly string[] | string {
  const evidence = observationsIn(event(fields));
  if (typeof evidence === 'string') return evidence;
  return evidence.map(({ subject, outcome, permission, name, because }) =>
    [subject, outcome, describePermission(permission), name, because === 'request' ? '' : `(${because})`]
      .filter((word) => word !== '')
      .join(' '),
  );
}

const CASES: readonly (readonly [string, Partial<AuditEvent>, readonly string[] | string])[] = [
  ['a request that was allowed and answered is use', {}, ['bob used get pods in shop web']],
  ['what was not found was authorized all the same', { code: 404 }, ['bob used get pods in shop web']],
  [
    'so was what conflicted, and what was invalid',
    { verb: 'update', code: 409, target: target({ name: 'web' }) },
    ['bob used update pods in shop web'],
  ],
  ['a server that failed had authorized it before', { code: 500 }, ['bob used get pods in shop web']],
  [
    'what the authorizer forbade is denied, and no use',
    { decision: 'forbid', code: 403 },
    ['bob denied get pods in shop web'],
  ],
  [
    'a 403 after the authorizer allowed it is neither',
    { verb: 'patch', code: 403 },
    ['bob refused patch pods in shop web'],
  ],
  ['without a decision nothing is known', { decision: undefined, code: 401 }, 'undecided'],
  ['without a code nothing is known', { code: undefined }, 'undecided'],
  ['nobody authenticated', { user: { name: '', groups: [] } }, 'nobody'],
  ['a request that was only received may still be refused', { stage: 'RequestReceived' }, 'unfinished'],
  ['a panic is no answer', { stage: 'Panic' }, 'unfinished'],
  ['a method without a verb names no right', { verb: '' }, 'malformed'],
  [
    'a create has the name of its object only in the event, not when it is authorized',
    { verb: 'create', code: 201 },
    ['bob used create pods in shop'],
  ],
  ['nor when it was denied', { verb: 'create', decision: 'forbid', code: 403 }, ['bob denied create pods in shop']],
  [
    'a create of a subresource has the name of its parent',
    { verb: 'create', code: 201, target: target({ name: 'web', subresource: 'eviction' }) },
    ['bob used create pods/eviction in shop web'],
  ],
  ['a deletecollection has no name', { verb: 'deletecollection' }, ['bob used deletecollection pods in shop']],
  ['a list by field selector has the name of its one object', { verb: 'list' }, ['bob used list pods in shop web']],
  [
    'a patch that created its object was authorized to create it, by name',
    { verb: 'patch', code: 201 },
    ['bob used patch pods in shop web', 'bob used create pods in shop web (created)'],
  ],
  [
    'so was an update',
    { verb: 'update', code: 201 },
    ['bob used update pods in shop web', 'bob used create pods in shop web (created)'],
  ],
  ['a patch that changed one was not', { verb: 'patch', code: 200 }, ['bob used patch pods in shop web']],
  [
    'exec over a WebSocket is a get, for which create is asked for too',
    { code: 101, target: target({ name: 'web', subresource: 'exec' }) },
    ['bob used get pods/exec in shop web', 'bob used create pods/exec in shop web (streamed)'],
  ],
  [
    'a log is a get and nothing more',
    { target: target({ name: 'web', subresource: 'log' }) },
    ['bob used get pods/log in shop web'],
  ],
  [
    'what is done for somebody else is theirs, and impersonation is the right of who did it',
    { impersonated: { name: 'carol', groups: ['ops', 'system:authenticated'] } },
    [
      'carol used get pods in shop web',
      'bob used impersonate users of the cluster carol (impersonated)',
      'bob used impersonate groups of the cluster ops (impersonated)',
    ],
  ],
  [
    'impersonation was used also where what came of it was denied',
    { decision: 'forbid', code: 403, impersonated: { name: 'carol', groups: ['system:authenticated'] } },
    ['carol denied get pods in shop web', 'bob used impersonate users of the cluster carol (impersonated)'],
  ],
  [
    'the groups of a ServiceAccount are added by the server, and not asked for',
    {
      impersonated: {
        name: 'system:serviceaccount:shop:bot',
        groups: ['system:serviceaccounts', 'system:serviceaccounts:shop', 'system:authenticated'],
      },
    },
    [
      'system:serviceaccount:shop:bot used get pods in shop web',
      'bob used impersonate serviceaccounts in shop bot (impersonated)',
    ],
  ],
  [
    'where a constrained verb allowed it, that one was used, and no more',
    {
      verb: 'list',
      target: target(),
      impersonated: { name: 'carol', groups: ['ops', 'system:authenticated'] },
      impersonationConstraint: 'impersonate:user-info',
    },
    [
      'carol used list pods in shop',
      'bob used impersonate-on:user-info:list pods in shop (impersonated)',
      'bob used impersonate:user-info users.authentication.k8s.io of the cluster carol (impersonated)',
      'bob used impersonate:user-info groups.authentication.k8s.io of the cluster ops (impersonated)',
    ],
  ],
  [
    'a node that is impersonated under a constraint is a node',
    {
      impersonated: { name: 'system:node:n1', groups: ['system:nodes', 'system:authenticated'] },
      impersonationConstraint: 'impersonate:arbitrary-node',
    },
    [
      'system:node:n1 used get pods in shop web',
      'bob used impersonate-on:arbitrary-node:get pods in shop web (impersonated)',
      'bob used impersonate:arbitrary-node nodes.authentication.k8s.io of the cluster n1 (impersonated)',
    ],
  ],
  ['without a time nothing can be said', { receivedAt: 'yesterday' }, 'malformed'],
  ['a path is a right of its own', { target: { type: 'path', path: '/metrics' } }, ['bob used get /metrics']],
];

describe('observationsIn', () => {
  for (const [what, fields, expected] of CASES) {
    it(`${what}`, () => expect(told(fields)).to.deep.equal(expected));
  }
});

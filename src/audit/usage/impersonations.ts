import type { AuditEvent, EventUser } from '../event.ts';
import type { Observation } from './observation.ts';
import type { Permission } from './permission.ts';
import { nameOf, permissionOf } from './permission.ts';

/** Since 1.36 a server asks first for these (KEP-5284), whose users, groups and accounts are of this group. */
const CONSTRAINED = /^impersonate:([a-z-]+)$/;
const AUTHENTICATION = 'authentication.k8s.io';

/**
 * The rights behind a request that was made on somebody's behalf: of the user who authenticated. The server has checked
 * them when it writes the impersonated user into the event, so they count whatever came of the request itself. Where a
 * constrained verb allowed it, that one was used, and `impersonate-on` for what was asked: less than `impersonate`, which
 * would allow all else on their behalf too. A uid and extra fields were checked too where they were given; an event as it
 * is kept does not show them.
 */
export function impersonations(event: AuditEvent): readonly Observation[] {
  const { user, impersonated, impersonationConstraint: verb = 'impersonate' } = event;
  if (impersonated === undefined || user.name === '') return [];
  const mode = CONSTRAINED.exec(verb)?.[1];
  const edge = (permission: Permission, name: string): Observation => ({
    subject: user.name,
    permission,
    name,
    outcome: 'used',
    because: 'impersonated',
  });
  const as = (resource: string, name: string, namespace = ''): Observation =>
    edge({ type: 'resource', verb, group: mode === undefined ? '' : AUTHENTICATION, resource, namespace }, name);
  const account = serviceAccountOf(impersonated.name);
  const node = mode === undefined ? undefined : NODE.exec(impersonated.name)?.[1];
  const groups = node === undefined ? askedGroups(impersonated, account) : [];
  return [
    ...(mode === undefined ? [] : [edge(...onBehalf(event, mode))]),
    ...(node === undefined
      ? [
          account === undefined
            ? as('users', impersonated.name)
            : as('serviceaccounts', account.name, account.namespace),
        ]
      : // The node that a pod runs on is asked for under this one name, whichever it is.
        [as('nodes', mode === 'associated-node' ? '*' : node)]),
    ...groups.map((group) => as('groups', group)),
  ];
}

const NODE = /^system:node:(.+)$/;

const onBehalf = (event: AuditEvent, mode: string): readonly [Permission, string] => [
  permissionOf({ target: event.target, verb: `impersonate-on:${mode}:${event.verb}` }),
  nameOf(event),
];

/** The ServiceAccount behind a user name, if it is one's: `system:serviceaccount:NAMESPACE:NAME`. */
export function serviceAccountOf(user: string): { readonly namespace: string; readonly name: string } | undefined {
  const [, namespace, name] = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(user) ?? [];
  return namespace === undefined || name === undefined ? undefined : { namespace, name };
}

const ADDED: readonly string[] = ['system:authenticated', 'system:unauthenticated'];

/**
 * The groups that the client asked for. The server adds others unchecked (apiserver/pkg/endpoints/filters/impersonation):
 * those of a ServiceAccount, where no group was asked for, and that of all who authenticated. One of these that was asked
 * for by name cannot be told from one that was added; it is taken as added, which proposes less.
 */
function askedGroups({ groups }: EventUser, account: { readonly namespace: string } | undefined): readonly string[] {
  const rest = groups.filter((group) => !ADDED.includes(group));
  const own = account === undefined ? [] : ['system:serviceaccounts', `system:serviceaccounts:${account.namespace}`];
  const areItsOwn = rest.length === own.length && rest.every((group) => own.includes(group));
  return areItsOwn ? [] : rest;
}

import type { AuditEvent, EventUser } from '../event.ts';
import type { Evidence } from './evidence.ts';

/**
 * The `impersonate` rights behind a request that was made on somebody's behalf: of the user who authenticated. The server
 * has checked them when it writes the impersonated user into the event, so they count whatever came of the request itself.
 * A uid and extra fields were checked too where they were given; an event as it is kept does not show them.
 */
export function impersonations({ user, impersonated }: AuditEvent): readonly Evidence[] {
  if (impersonated === undefined || user.name === '') return [];
  const edge = (resource: string, namespace: string, name: string): Evidence => ({
    subject: user.name,
    permission: { type: 'resource', verb: 'impersonate', group: '', resource, namespace },
    name,
    outcome: 'used',
    because: 'impersonated',
  });
  const account = serviceAccountOf(impersonated.name);
  const who =
    account === undefined
      ? edge('users', '', impersonated.name)
      : edge('serviceaccounts', account.namespace, account.name);
  return [who, ...askedGroups(impersonated, account).map((group) => edge('groups', '', group))];
}

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

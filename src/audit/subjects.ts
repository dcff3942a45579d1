import type { AuditedRequest } from './match.ts';
import type { AuditRule } from './policy.ts';

type User = NonNullable<AuditedRequest['user']>;

/** Somebody of whom no policy knows. */
export const SOMEBODY: User = { name: 'somebody', groups: ['system:authenticated'] };

const ANONYMOUS = 'system:anonymous';
const UNAUTHENTICATED = 'system:unauthenticated';
const ACCOUNT = 'system:serviceaccount:';
const ACCOUNTS = 'system:serviceaccounts';

/**
 * Users that a rule may be meant for, with all the groups that the API server gives such a user: who names some of a
 * service account's groups must not be told of a user in these alone.
 */
export function subjectsOf({ users, userGroups }: AuditRule): readonly User[] {
  const [names, groups] = [real(users), real(userGroups)];
  if (names.length === 0) return groups.length === 0 ? [SOMEBODY] : groups.map(memberOf);
  if (groups.length === 0) return names.map((name) => ({ name, groups: groupsOf(name) }));
  return names.flatMap((name) =>
    groups.flatMap((group): readonly User[] => {
      const own = groupsOf(name);
      // Groups of the system's own come with the name, and nobody else has them.
      if (name === ANONYMOUS || isGivenByTheServer(group)) return own.includes(group) ? [{ name, groups: own }] : [];
      return [{ name, groups: [...own, group] }];
    }),
  );
}

/** A star is no wildcard here, and nobody is called so, or nothing at all. */
const real = (values: readonly string[]): readonly string[] =>
  values.filter((value) => value !== '' && !value.includes('*'));

const isGivenByTheServer = (group: string): boolean =>
  group === 'system:authenticated' ||
  group === UNAUTHENTICATED ||
  group === ACCOUNTS ||
  group.startsWith(`${ACCOUNTS}:`);

function memberOf(group: string): User {
  if (group === UNAUTHENTICATED) return { name: ANONYMOUS, groups: groupsOf(ANONYMOUS) };
  if (group !== ACCOUNTS && !group.startsWith(`${ACCOUNTS}:`)) {
    return { name: SOMEBODY.name, groups: [...new Set([...SOMEBODY.groups, group])] };
  }
  const namespace = group === ACCOUNTS ? 'somewhere' : group.slice(ACCOUNTS.length + 1);
  const name = `${ACCOUNT}${namespace}:somebody`;
  return { name, groups: groupsOf(name) };
}

/** What authentication gives with a name (apiserver/pkg/authentication/serviceaccount, group/authenticated_group_adder.go). */
export function groupsOf(name: string): readonly string[] {
  if (name === ANONYMOUS) return [UNAUTHENTICATED];
  if (!name.startsWith(ACCOUNT)) return SOMEBODY.groups;
  const [namespace = ''] = name.slice(ACCOUNT.length).split(':');
  return [ACCOUNTS, `${ACCOUNTS}:${namespace}`, ...SOMEBODY.groups];
}

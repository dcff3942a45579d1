import type { AuditEvent } from './event.ts';

/** How the names in some audit events came there. */
export interface SeenNames {
  /** Of those who authenticated. */
  readonly authenticated: ReadonlySet<string>;
  /** Of those on whose behalf others asked, with the names of these others. */
  readonly impersonated: ReadonlyMap<string, ReadonlySet<string>>;
}

export interface Identities {
  readonly users: SeenNames;
  readonly groups: SeenNames;
}

/** Who authenticated and who was impersonated in these events. */
export function identitiesIn(events: Iterable<AuditEvent>): Identities {
  const collector = collectIdentities();
  for (const event of events) collector.add(event);
  return collector.identities;
}

/** For events that come one by one, of which nothing but the names is kept. */
export interface IdentityCollector {
  add(event: AuditEvent): void;
  /** Of all events so far. */
  readonly identities: Identities;
}

export function collectIdentities(): IdentityCollector {
  const [users, groups] = [newNames(), newNames()];
  return {
    identities: { users, groups },
    add: ({ user, impersonated }) => {
      users.authenticated.add(user.name);
      for (const group of user.groups) groups.authenticated.add(group);
      if (impersonated === undefined) return;
      add(users.impersonated, impersonated.name, user.name);
      for (const group of impersonated.groups) add(groups.impersonated, group, user.name);
    },
  };
}

const newNames = () => ({ authenticated: new Set<string>(), impersonated: new Map<string, Set<string>>() });

function add(names: Map<string, Set<string>>, name: string, by: string): void {
  const known = names.get(name);
  if (known === undefined) names.set(name, new Set([by]));
  else known.add(by);
}

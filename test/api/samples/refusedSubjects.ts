import { withSubject } from './baselines.ts';
import type { Refusal } from './refusal.ts';

const SYSTEM = 'system: names belong to Kubernetes and are not handed rights';
const PARAMETERS = 'the only parameters are $(namespace.name) and $(namespace.labels.KEY)';
const BEGINNING = 'a name with a parameter starts with at least 3 characters of its own that cannot become system:';

const refused = (kind: string, name: string, message: string): Refusal => ({
  name: `THREATS 12: ${kind} ${name}`,
  object: withSubject({ kind, name }),
  message,
});

/** Subjects that would be somebody else than was meant. */
export const REFUSED_SUBJECTS: readonly Refusal[] = [
  refused('Group', 'system:masters', SYSTEM),
  refused('Group', 'system:authenticated', SYSTEM),
  refused('Group', 'system:serviceaccounts:$(namespace.name)', SYSTEM),
  refused('User', 'system:anonymous', SYSTEM),
  refused('Group', '$(namespace.labels.team)', BEGINNING),
  refused('Group', 'a-$(namespace.labels.team)', BEGINNING),
  refused('Group', 'system$(namespace.labels.empty):masters', BEGINNING),
  refused('Group', 'sys$(namespace.labels.rest):masters', BEGINNING),
  refused('Group', 'team-$(namespace.annotations.team)', PARAMETERS),
  refused('Group', 'team-$(namespace.labels.)', PARAMETERS),
  refused('Group', 'team-$(namespace.name', PARAMETERS),
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the mistake it is about
  refused('User', 'team-${namespace.name}', PARAMETERS),
  refused('User', 'team-{{ namespace.name }}', PARAMETERS),
  refused('ServiceAccount', 'app-$(namespace.name)', 'write the plain name of a ServiceAccount'),
  refused('ServiceAccount', 'system:serviceaccount:payments:app', 'write the plain name of a ServiceAccount'),
  {
    name: 'a group with a namespace',
    object: withSubject({ kind: 'Group', name: 'team-a', namespace: 'payments' }),
    message: 'only a ServiceAccount has a namespace: remove it, or write kind: ServiceAccount',
  },
];

import { boundedName } from '../../k8s/boundedName.ts';
import { hash64 } from '../../k8s/hash.ts';
import type { KubeObject } from '../../k8s/object.ts';
import type { PolicyRule } from '../../k8s/policyRule.ts';
import { serviceAccountOf } from '../usage/impersonations.ts';
import type { Proposal, ScopedRules } from './proposal.ts';

const RBAC = 'rbac.authorization.k8s.io';

/** A Role and a RoleBinding for each namespace, a ClusterRole and its binding where something is cluster-wide. */
export const proposedObjects = ({ subject, roles }: Proposal): readonly KubeObject[] =>
  roles.flatMap((scoped) => pairFor(subject, proposedName(subject), scoped));

/** The same for what needs approval: objects of their own, so that nobody applies them by applying the others. */
export function objectsToApprove(
  { subject, needsApproval }: Pick<Proposal, 'subject' | 'needsApproval'>,
  suffix = 'needs-approval',
): readonly KubeObject[] {
  const scopes = [...new Set(needsApproval.map(({ namespace }) => namespace))];
  return scopes.flatMap((namespace) => {
    const rules: readonly PolicyRule[] = needsApproval
      .filter((approval) => approval.namespace === namespace)
      .flatMap((approval) => approval.rules);
    return pairFor(subject, boundedName(`${proposedName(subject)}-${suffix}`), { namespace, rules });
  });
}

/** Not under the operator's prefix, whose objects it would take for its own and prune. */
export function proposedName(subject: string): string {
  const account = serviceAccountOf(subject);
  const words = account === undefined ? subject : `${account.namespace}-${account.name}`;
  const slug = words.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  // What was replaced, and where one name ends and the next begins, is told apart by the hash.
  return boundedName(`observed-${slug}-${hash64(subject)}`.replace(/-+/g, '-'));
}

function pairFor(subject: string, name: string, { namespace, rules }: ScopedRules): readonly KubeObject[] {
  const prefix = namespace === '' ? 'Cluster' : '';
  const metadata = { name, ...(namespace === '' ? {} : { namespace }) };
  const apiVersion = `${RBAC}/v1`;
  return [
    { apiVersion, kind: `${prefix}Role`, metadata, rules },
    {
      apiVersion,
      kind: `${prefix}RoleBinding`,
      metadata,
      roleRef: { apiGroup: RBAC, kind: `${prefix}Role`, name },
      subjects: [subjectOf(subject)],
    },
  ];
}

function subjectOf(user: string): Readonly<Record<string, string>> {
  const account = serviceAccountOf(user);
  return account === undefined
    ? { kind: 'User', apiGroup: RBAC, name: user }
    : { kind: 'ServiceAccount', namespace: account.namespace, name: account.name };
}

import type { KubeObject } from '../../../src/k8s/object.ts';
import type { KubeAdmin } from '../../support/kubeAdmin.ts';
import type { Asked } from '../propose/authorizer.ts';
import { isAllowed } from '../propose/authorizer.ts';
import { reductions } from '../propose/pieces.ts';
import { each, grant, isReviewed } from './reviews.ts';

const RBAC = 'rbac.authorization.k8s.io';

interface Cut {
  readonly user: string;
  readonly without: string;
  /** Which role has less, and that role. */
  readonly at: number;
  readonly role: KubeObject;
  /** What should be denied then, the likeliest first. */
  readonly checks: readonly Asked[];
}

/**
 * Takes each piece (a rule; a verb, resource, name or path of one) from a set of roles in turn, gives what is left to a user
 * of its own, and asks the server whether anything that was recorded is denied then.
 * @returns the pieces, and those without which all was still allowed
 */
export async function unneeded(
  admin: KubeAdmin,
  label: string,
  roles: readonly KubeObject[],
  checks: readonly Asked[],
  groups: readonly string[],
): Promise<{ readonly pieces: number; readonly unneeded: readonly string[] }> {
  const cuts = reductions(roles).map(({ objects, without }, index): Cut => {
    const at = objects.findIndex((object, position) => object !== roles[position]);
    const likely = checks.filter((asked) => isAllowed(roles, asked) && !isAllowed(objects, asked));
    const role = { ...(objects[at] as KubeObject), metadata: { ...roles[at]?.metadata, name: `${label}-${index}` } };
    return {
      user: `${label}-${index}`,
      without,
      at,
      role: role as KubeObject,
      checks: [...new Set([...likely, ...checks])],
    };
  });
  const whole = roles.map((role, at) => ({ ...role, metadata: { ...role.metadata, name: `${label}-whole-${at}` } }));
  await grant(admin, [
    ...whole,
    ...whole.map((role, at) =>
      bindingOf(
        role,
        cuts.filter((cut) => cut.at !== at).map(({ user }) => user),
      ),
    ),
    ...cuts.map(({ role }) => role),
    ...cuts.map(({ role, user }) => bindingOf(role, [user])),
  ]);
  const denied = await each(cuts, async (cut) => {
    for (const asked of cut.checks) if (!(await isReviewed(admin, cut.user, groups, asked))) return true;
    return false;
  });
  return { pieces: cuts.length, unneeded: cuts.filter((_, index) => !denied[index]).map(({ without }) => without) };
}

const bindingOf = ({ kind, metadata }: KubeObject, users: readonly string[]): KubeObject => ({
  apiVersion: `${RBAC}/v1`,
  kind: `${kind}Binding`,
  metadata: { name: metadata.name, ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }) },
  roleRef: { apiGroup: RBAC, kind, name: metadata.name },
  subjects: users.map((name) => ({ kind: 'User', apiGroup: RBAC, name })),
});

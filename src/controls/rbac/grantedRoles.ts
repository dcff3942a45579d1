import type { RbacSpec, RoleSpec } from '../../api/types.ts';
import type { Wanted } from '../../core/control/control.ts';
import { neverGrantable } from '../../core/control/grantable.ts';
import { MAX_WANTED_BODY } from '../../core/control/ownSize.ts';
import { perSpec } from '../../core/control/perSpec.ts';
import { sizeOf } from '../../core/kinds/ownBody.ts';
import type { PolicyRule } from '../../k8s/policyRule.ts';
import { covers } from '../../k8s/rbac/covers.ts';
import { roleName } from './names.ts';

export interface GrantedRole {
  readonly wanted: Wanted;
  /** Rules that are not written, each with the reason. */
  readonly refused: readonly { readonly rule: PolicyRule; readonly why: string }[];
}

/**
 * The Roles of a baseline with the rules that may be handed out. A rule is written only if the grantable rules alone cover
 * it; without it the Role is narrower, never absent, so that nothing else can take its name (THREATS 9).
 */
export const grantedRoles = perSpec((spec: RbacSpec, grantable: readonly PolicyRule[]): readonly GrantedRole[] =>
  (spec.roles ?? []).map((role) => grantedRole(role, grantable)),
);

/** Room for the JSON around the rules. */
const MAX_ROLE = MAX_WANTED_BODY - 64;
const TOO_LARGE = 'with it the Role would be larger than what is compared. Split the Role';

function grantedRole(role: RoleSpec, grantable: readonly PolicyRule[]): GrantedRole {
  let size = 0;
  const judged = role.rules.map(ruleBody).map((rule) => {
    const why = refusalOf(rule, grantable) ?? (size + sizeOf(rule) > MAX_ROLE ? TOO_LARGE : undefined);
    if (why === undefined) size += sizeOf(rule) + 1;
    return { rule, why };
  });
  const rules = judged.filter(({ why }) => why === undefined).map(({ rule }) => rule);
  return {
    wanted: { kind: 'Role', name: roleName(role.name), body: { rules } },
    refused: judged.flatMap(({ rule, why }) => (why === undefined ? [] : [{ rule, why }])),
  };
}

function refusalOf(rule: PolicyRule, grantable: readonly PolicyRule[]): string | undefined {
  const never = neverGrantable(rule);
  if (never !== undefined) return `it can never be handed out: ${never}`;
  return covers(grantable, rule)
    ? undefined
    : 'no ClusterRole labelled drawbridge.dev/grantable: "true" covers it. If it should be handed out, add the rule to one';
}

/** As the API server returns it: without empty lists (no resourceNames means all names). */
const ruleBody = ({ apiGroups, resources, verbs, resourceNames }: RoleSpec['rules'][number]): PolicyRule => ({
  apiGroups,
  resources,
  verbs,
  ...(resourceNames === undefined || resourceNames.length === 0 ? {} : { resourceNames }),
});

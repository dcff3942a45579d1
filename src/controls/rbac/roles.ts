import { GRANTABLE_ROLE } from '../../api/names.ts';
import { defineControl } from '../../core/control/control.ts';
import { reservedNameFindings } from '../../core/control/reservedNames.ts';
import { FACT_KINDS } from '../../core/facts/factsOf.ts';
import type { Finding } from '../../core/model/finding.ts';
import { cutAt } from '../../core/model/finding.ts';
import type { PolicyRule } from '../../k8s/policyRule.ts';
import type { ObjectRef } from '../../k8s/ref.ts';
import { grantedRoles } from './grantedRoles.ts';
import { roleName } from './names.ts';

const ID = 'rbac.roles';

/** The baseline's Roles, never wider than what the cluster's administrators made grantable. */
export const roles = defineControl({
  id: ID,
  section: 'rbac',
  stage: 'allow',
  summary: `Writes the declared Roles, without the rules that the ClusterRole ${GRANTABLE_ROLE} does not cover.`,
  reads: FACT_KINDS.grantable,
  writes: ['Role'],
  facts: ['grantable'],
  build(spec, view) {
    if (spec.roles === undefined || spec.roles.length === 0) return { wanted: [] };
    const { grantable } = view.facts;
    if (!grantable.known) {
      const kept = spec.roles.map(({ name }) => ({ kind: 'Role', name: roleName(name) }));
      return { wanted: [], kept, findings: [grantableUnknown(grantable.why)] };
    }
    const granted = grantedRoles(spec, grantable.value);
    return {
      wanted: granted.map(({ wanted }) => wanted),
      findings: [
        ...granted.flatMap(({ wanted, refused }) =>
          refused.map((refusal) =>
            ruleNotGranted({ kind: 'Role', namespace: view.namespace, name: wanted.name }, refusal),
          ),
        ),
        ...(grantable.stale === undefined ? [] : [grantableStale(grantable.stale)]),
      ],
    };
  },
  inspect: (spec, view) => ({
    findings: reservedNameFindings(
      ID,
      'SB-RBAC-005',
      'Role',
      new Set((spec.roles ?? []).map(({ name }) => roleName(name))),
      view,
    ),
  }),
});

const GRANTABLE_REF: ObjectRef = { kind: 'ClusterRole', namespace: '', name: GRANTABLE_ROLE };

const ruleNotGranted = (
  ref: ObjectRef,
  { rule, why }: { readonly rule: PolicyRule; readonly why: string },
): Finding => ({
  control: ID,
  check: 'SB-RBAC-005',
  severity: 'medium',
  result: 'fail',
  ref,
  reason: 'RuleNotGranted',
  message: `A rule is left out of the Role, because ${why}: ${ruleText(rule)}`,
});

const grantableUnknown = (why: string): Finding => ({
  control: ID,
  check: 'SB-RBAC-005',
  severity: 'medium',
  result: 'unknown',
  ref: GRANTABLE_REF,
  reason: 'GrantableUnknown',
  message: `What may be handed out is not known (${why}): Roles stay as they are, and are not created if they are absent.`,
});

const grantableStale = (why: string): Finding => ({
  control: ID,
  check: 'SB-RBAC-005',
  severity: 'low',
  result: 'warn',
  ref: GRANTABLE_REF,
  reason: 'GrantableFactStale',
  message: `What may be handed out is no longer known (${why}): the last known rules are kept.`,
});

/** JSON is YAML: it can be pasted under `rules:` as it is. Cut, because a message has its bounds. */
function ruleText(rule: PolicyRule): string {
  const text = JSON.stringify(rule);
  return text.length > 600 ? `${cutAt(text, 599)}…` : text;
}

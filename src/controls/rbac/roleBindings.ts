import type { RbacSpec, RoleBindingSpec } from '../../api/types.ts';
import type { Built } from '../../core/control/control.ts';
import { defineControl } from '../../core/control/control.ts';
import { reservedNameFindings } from '../../core/control/reservedNames.ts';
import type { View } from '../../core/control/view.ts';
import { FACT_KINDS } from '../../core/facts/factsOf.ts';
import type { Finding } from '../../core/model/finding.ts';
import { bindingName, roleRefOf } from './names.ts';
import type { Subject, SubjectProblem } from './subjects.ts';
import { isProblem, renderSubject } from './subjects.ts';

const ID = 'rbac.role-bindings';

/** The baseline's RoleBindings. One whose subjects cannot all be named is left out: part of it would be a guess. */
export const roleBindings = defineControl({
  id: ID,
  section: 'rbac',
  stage: 'guard',
  summary: 'Writes the declared RoleBindings, with $(namespace.name) and $(namespace.labels.KEY) filled in.',
  reads: ['Role', ...FACT_KINDS.grantable],
  writes: ['RoleBinding'],
  facts: ['grantable'],
  build(spec, view) {
    const parts = (spec.roleBindings ?? []).map((binding) => buildBinding(binding, spec, view));
    return {
      wanted: parts.flatMap((part) => part.wanted),
      kept: parts.flatMap((part) => part.kept ?? []),
      findings: parts.flatMap((part) => part.findings ?? []),
    };
  },
  inspect: (spec, view) => ({
    findings: reservedNameFindings(
      ID,
      'SB-RBAC-005',
      'RoleBinding',
      new Set((spec.roleBindings ?? []).map(bindingName)),
      view,
    ),
  }),
});

function buildBinding(binding: RoleBindingSpec, spec: RbacSpec, view: View): Built {
  const name = bindingName(binding);
  const roleRef = roleRefOf(binding);
  if (roleRef.kind === 'Role') {
    if (!spec.roles?.some((role) => role.name === binding.roleRef.name)) {
      return { wanted: [], findings: [roleMissing(name, binding, view)] };
    }
    // With what is grantable unknown an absent Role is not created, and the API server refuses a binding to none.
    if (!view.facts.grantable.known && view.live('Role', roleRef.name) === undefined) {
      return { wanted: [], kept: [{ kind: 'RoleBinding', name }] };
    }
  }
  const rendered = binding.subjects.map((subject) => renderSubject(subject, view));
  const problems = rendered.filter(isProblem);
  if (problems.length > 0) return { wanted: [], findings: [problemFinding(name, problems, view)] };
  const subjects = distinct(rendered.filter((subject): subject is Subject => !isProblem(subject)));
  return { wanted: [{ kind: 'RoleBinding', name, body: { roleRef, subjects } }] };
}

/** Two templates may render to the same subject. */
const distinct = (subjects: readonly Subject[]): readonly Subject[] => [
  ...new Map(subjects.map((subject) => [JSON.stringify(subject), subject])).values(),
];

function problemFinding(name: string, problems: readonly SubjectProblem[], view: View): Finding {
  const worst = problems.find(({ reason }) => reason === 'SubjectRefused') ?? problems[0];
  const messages = [...new Set(problems.map(({ message }) => message))].slice(0, 3).join('; ');
  return {
    control: ID,
    check: 'SB-RBAC-013',
    severity: 'medium',
    result: 'fail',
    ref: { kind: 'RoleBinding', namespace: view.namespace, name },
    reason: worst?.reason ?? 'SubjectRefused',
    message: `The RoleBinding is left out: ${messages}.`,
  };
}

const roleMissing = (name: string, binding: RoleBindingSpec, view: View): Finding => ({
  control: ID,
  check: 'SB-RBAC-005',
  severity: 'medium',
  result: 'fail',
  ref: { kind: 'RoleBinding', namespace: view.namespace, name },
  reason: 'RoleRefMissing',
  message: `The RoleBinding is left out: the baseline has no role "${binding.roleRef.name}".`,
});

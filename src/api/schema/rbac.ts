import Type from 'typebox';
import { celRules, LIST_AS_SET, LIST_AS_WHOLE, LIST_BY_NAME } from './cel.ts';
import { sectionEnforcement } from './enforcement.ts';
import { dnsLabel } from './name.ts';
import { PolicyRuleSchema } from './policyRule.ts';
import { SubjectSchema } from './subject.ts';

export const RoleSchema = Type.Object(
  {
    name: dnsLabel('Names the role; unique in the baseline.'),
    rules: Type.Array(PolicyRuleSchema, {
      minItems: 1,
      maxItems: 32,
      ...LIST_AS_WHOLE,
      description: 'What the role allows.',
    }),
  },
  { additionalProperties: false, description: 'A Role that each governed namespace gets.' },
);

const RoleRef = Type.Object(
  {
    kind: Type.Enum(['Role', 'ClusterRole'], {
      description:
        'Role: a role of this baseline. ClusterRole: one of the cluster, which the operator must be allowed to bind.',
    }),
    name: Type.String({
      minLength: 1,
      maxLength: 253,
      description: 'The name of the role.',
      ...celRules({
        rule: "!self.contains('/') && !self.contains('%') && !(self in ['.', '..'])",
        message: 'write the name of a role, without / or %',
      }),
    }),
  },
  { additionalProperties: false, description: 'The role that is bound.' },
);

export const RoleBindingSchema = Type.Object(
  {
    name: dnsLabel('Names the binding; unique in the baseline.'),
    roleRef: RoleRef,
    subjects: Type.Array(SubjectSchema, {
      minItems: 1,
      maxItems: 32,
      ...LIST_AS_WHOLE,
      description: 'Who gets the role.',
    }),
  },
  { additionalProperties: false, description: 'A RoleBinding that each governed namespace gets.' },
);

/** What rights come to that nobody should hand out; controls/rbac/forbiddenRights.ts has what each stands for. */
export const FORBIDDEN = ['Wildcards', 'Escalation', 'SecretReaders', 'PodExec', 'WorkloadCreators'] as const;

const forbidden = Type.Array(Type.Enum([...FORBIDDEN], { description: 'What may not be granted.' }), {
  minItems: 1,
  maxItems: FORBIDDEN.length,
  ...LIST_AS_SET,
  description:
    'What Roles and bindings of others may not grant; each that does is a finding, and stays. Bindings to cluster-admin, to everybody and to system:masters are findings with any of these. ClusterRoleBindings are told of once, in `status.clusterFindings`. Absent means nothing is looked for.',
});

export const RbacSchema = Type.Object(
  {
    enforcement: Type.Optional(sectionEnforcement),
    roles: Type.Optional(
      Type.Array(RoleSchema, { maxItems: 32, ...LIST_BY_NAME, description: 'Roles. Absent means none.' }),
    ),
    roleBindings: Type.Optional(
      Type.Array(RoleBindingSchema, { maxItems: 32, ...LIST_BY_NAME, description: 'RoleBindings. Absent means none.' }),
    ),
    forbid: Type.Optional(forbidden),
  },
  {
    additionalProperties: false,
    description: 'Roles and RoleBindings of each governed namespace. Absent means the baseline has no say in it.',
    ...celRules(
      {
        rule: 'has(self.roles) || has(self.roleBindings) || has(self.forbid)',
        message: 'the section declares nothing: write roles, roleBindings or forbid, or remove rbac',
      },
      {
        rule: "!has(self.roleBindings) || self.roleBindings.all(b, b.roleRef.kind != 'Role' || (has(self.roles) && self.roles.exists(r, r.name == b.roleRef.name)))",
        message: 'a roleRef of kind Role names a role of this baseline: add it to roles, or write kind: ClusterRole',
      },
    ),
  },
);

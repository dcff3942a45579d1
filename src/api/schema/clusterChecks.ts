import Type from 'typebox';
import { LIST_AS_SET } from './cel.ts';
import { FORBIDDEN } from './rbac.ts';

/** What is looked at of the whole cluster; controls/cluster has what each stands for. */
export const CLUSTER_CHECKS = [
  'ClusterAdmin',
  ...FORBIDDEN,
  'Everybody',
  'AnonymousAccess',
  'Authorization',
  'AuditLog',
] as const;

export const ClusterChecksSchema = Type.Array(Type.Enum([...CLUSTER_CHECKS], { description: 'What is looked at.' }), {
  minItems: 1,
  maxItems: CLUSTER_CHECKS.length,
  ...LIST_AS_SET,
  description:
    'What is looked at of the whole cluster, whatever the baseline selects, and only reported. ClusterRoleBindings: to cluster-admin and its equals, to roles that grant what `rbac.forbid` calls so, and to everybody. API server: whether it answers anonymous requests, refuses what nobody allowed, and records audit events. What cannot be known is told as unknown. Absent means nothing.',
});

export const ClusterFinding = Type.Object(
  {
    severity: Type.String({ maxLength: 16, description: 'How bad it is: critical, high, medium or low.' }),
    result: Type.String({ maxLength: 16, description: 'fail, warn, or unknown where nobody can tell.' }),
    control: Type.String({ maxLength: 64, description: 'The control that found it.' }),
    check: Type.String({ maxLength: 32, description: 'The check, such as SB-RBAC-001.' }),
    reason: Type.String({ maxLength: 128, description: 'What is wrong, in one PascalCase word.' }),
    object: Type.String({ maxLength: 512, description: 'The object that it is about: its kind and name.' }),
    message: Type.String({ maxLength: 1024, description: 'What is wrong, in a sentence for people.' }),
  },
  { additionalProperties: false, description: 'Something wrong with the cluster.' },
);

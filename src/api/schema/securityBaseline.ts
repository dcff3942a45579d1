import Type from 'typebox';
import { AdmissionSchema } from './admission.ts';
import { AuditSchema } from './audit.ts';
import { celRules, LIST_AS_SET } from './cel.ts';
import { ClusterChecksSchema } from './clusterChecks.ts';
import { enforcement } from './enforcement.ts';
import { NamespaceGlob, SystemNamespaceName } from './name.ts';
import { NetworkSchema } from './network.ts';
import { PodSecuritySchema } from './podSecurity.ts';
import { RbacSchema } from './rbac.ts';
import { ResourcesSchema } from './resources.ts';
import { RolloutSchema } from './rollout.ts';
import { SecurityBaselineStatusSchema } from './securityBaselineStatus.ts';
import { labelSelector } from './selector.ts';
import { ServiceAccountsSchema } from './serviceAccounts.ts';

export const SecurityBaselineSpecSchema = Type.Object(
  {
    enforcement,
    priority: Type.Optional(
      Type.Integer({
        minimum: -1000000,
        maximum: 1000000,
        description:
          'Which baseline governs a section of a namespace that several select: of those that enforce, the one with the highest priority, then the oldest, then by name. Absent means 0.',
      }),
    ),
    suspend: Type.Optional(
      Type.Boolean({
        description:
          'true: nothing is written for this baseline, and it keeps only what no active baseline claims. Absent means false.',
      }),
    ),
    deletionPolicy: Type.Optional(
      Type.Enum(['Retain', 'Delete'], {
        description:
          'What happens to the objects when the baseline, a section or the match goes. Retain leaves them; Delete removes them, which opens the namespace. Absent means Retain.',
      }),
    ),
    rollout: Type.Optional(RolloutSchema),
    namespaceSelector: labelSelector(
      'The namespaces that are governed. `{matchLabels: {}}` means all but system namespaces. A namespace that leaves because its own labels changed stays held under Retain.',
    ),
    excludedNamespaces: Type.Optional(
      Type.Array(NamespaceGlob, {
        maxItems: 64,
        ...LIST_AS_SET,
        description: 'Namespaces that are left out although selected. Absent means none.',
      }),
    ),
    includedSystemNamespaces: Type.Optional(
      Type.Array(SystemNamespaceName, {
        maxItems: 64,
        ...LIST_AS_SET,
        description:
          "System namespaces, by name, that may be selected; all others are left out, as is the operator's own. Absent means none.",
      }),
    ),
    network: Type.Optional(NetworkSchema),
    rbac: Type.Optional(RbacSchema),
    serviceAccounts: Type.Optional(ServiceAccountsSchema),
    podSecurity: Type.Optional(PodSecuritySchema),
    resources: Type.Optional(ResourcesSchema),
    audit: Type.Optional(AuditSchema),
    admission: Type.Optional(AdmissionSchema),
    clusterChecks: Type.Optional(ClusterChecksSchema),
  },
  {
    additionalProperties: false,
    description: 'What the selected namespaces are held to.',
    ...celRules({
      rule: 'has(self.network) || has(self.rbac) || has(self.serviceAccounts) || has(self.podSecurity) || has(self.resources) || has(self.audit) || has(self.admission) || has(self.clusterChecks)',
      message:
        'the baseline declares nothing: write network, rbac, serviceAccounts, podSecurity, resources, audit, admission or clusterChecks',
    }),
  },
);

export const SecurityBaselineSchema = Type.Object(
  { spec: SecurityBaselineSpecSchema, status: Type.Optional(SecurityBaselineStatusSchema) },
  {
    additionalProperties: false,
    description:
      'A security baseline, and the namespaces that are held at it. What drifts from it is reported, and in Enforce put right.',
    ...celRules({
      rule: 'self.metadata.name.size() <= 63',
      message: 'a baseline has a name of at most 63 characters, because objects carry it as a label value: shorten it',
    }),
  },
);

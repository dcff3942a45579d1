import Type from 'typebox';
import { LIST_AS_WHOLE } from './cel.ts';
import { ClusterFinding } from './clusterChecks.ts';
import { ConditionSchema } from './condition.ts';

const count = (description: string) => Type.Integer({ minimum: 0, description });

const NamespaceCounts = Type.Object(
  {
    governed: count('Namespaces of which the baseline governs at least one section.'),
    compliant: count('Governed namespaces without a failing finding.'),
    drifted: count('Governed namespaces with a failing finding.'),
    failed: count('Governed namespaces in which a write was refused.'),
    unknown: count('Governed namespaces about which something could not be observed.'),
    waived: count('Governed namespaces in which nothing is wrong but for what waivers exempt.'),
    pending: count('Governed namespaces that were not evaluated yet.'),
    retained: count('Namespaces that are no longer selected, whose objects are kept.'),
  },
  { additionalProperties: false, description: 'How many namespaces are in which state.' },
);

const OldVersion = Type.Object(
  {
    generation: Type.Integer({ minimum: 1, description: 'The generation of the baseline.' }),
    spec: Type.String({ maxLength: 131072, description: 'Its spec, as JSON.' }),
  },
  { additionalProperties: false, description: 'A version of the baseline.' },
);

const SectionStatus = Type.Object(
  {
    section: Type.Enum(['network', 'rbac', 'serviceAccounts', 'podSecurity', 'resources'], {
      description: 'A section that the baseline declares.',
    }),
    enforcement: Type.Enum(['Audit', 'Enforce'], { description: 'The enforcement of the section.' }),
    governed: count('Namespaces in which the baseline governs the section.'),
    shadowed: count('Namespaces in which it would, and another one does: there it only finds.'),
  },
  { additionalProperties: false, description: 'One section of the baseline, over all namespaces.' },
);

const WorstNamespace = Type.Object(
  {
    namespace: Type.String({ maxLength: 63, description: 'The namespace.' }),
    severity: Type.String({ maxLength: 16, description: 'How bad it is: critical, high, medium or low.' }),
    control: Type.String({ maxLength: 64, description: 'The control that found it.' }),
    reason: Type.String({ maxLength: 128, description: 'What is wrong, in one PascalCase word.' }),
    message: Type.String({ maxLength: 1024, description: 'What is wrong, in a sentence for people.' }),
  },
  { additionalProperties: false, description: 'A namespace and the worst that was found in it.' },
);

/**
 * The default stands at `status` itself, because a default deeper down needs its parent to be there. -1 is never a
 * generation, so kstatus calls an object that no operator has seen "in progress" and not "current".
 */
export const SecurityBaselineStatusSchema = Type.Object(
  {
    observedGeneration: Type.Optional(
      Type.Integer({
        minimum: -1,
        description: 'The `metadata.generation` that the status is about; -1 until the operator has seen the baseline.',
      }),
    ),
    conditions: Type.Optional(
      Type.Array(ConditionSchema, {
        maxItems: 16,
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['type'],
        description:
          'Ready: the baseline was applied everywhere. Compliant: nothing is found wrong. AuditPolicyPublished, where there is an audit section: it is in the published audit policy. Reconciling and Stalled are there only while true.',
      }),
    ),
    namespaces: Type.Optional(NamespaceCounts),
    rollout: Type.Optional(
      Type.Object(
        {
          done: count('Namespaces that have had their turn.'),
          waiting: count('Namespaces whose turn is still to come; they are held at what they were held to before.'),
          stoppedBy: Type.Optional(
            Type.String({
              maxLength: 63,
              description: 'The namespace because of which it stands still. Absent: it goes on.',
            }),
          ),
          from: Type.Optional(
            Type.Array(OldVersion, {
              maxItems: 4,
              'x-kubernetes-list-type': 'map',
              'x-kubernetes-list-map-keys': ['generation'],
              description: 'The versions at which namespaces wait, so that the next process knows them.',
            }),
          ),
        },
        {
          additionalProperties: false,
          description: 'How far an edit, or a take-over, has been rolled out. Absent when nothing is on the way.',
        },
      ),
    ),
    sections: Type.Optional(
      Type.Array(SectionStatus, {
        maxItems: 16,
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['section'],
        description: 'The sections that the baseline declares, and where it governs them.',
      }),
    ),
    summary: Type.Optional(
      Type.String({ maxLength: 64, description: 'Compliant of governed namespaces, such as 409/412.' }),
    ),
    worst: Type.Optional(
      Type.Array(WorstNamespace, {
        maxItems: 20,
        ...LIST_AS_WHOLE,
        description: 'The worst namespaces, worst first, at most 20; BaselineReports have the rest.',
      }),
    ),
    clusterFindings: Type.Optional(
      Type.Array(ClusterFinding, {
        maxItems: 20,
        ...LIST_AS_WHOLE,
        description:
          'What is wrong with the whole cluster, worst first, at most 20. Absent where neither `clusterChecks` nor `rbac.forbid` asks.',
      }),
    ),
  },
  {
    additionalProperties: false,
    default: { observedGeneration: -1 },
    description: 'What the operator observed. Only the operator writes it.',
  },
);

import type { AdmissionAction, SecurityBaselineSpec } from '../../api/types.ts';
import { selectorKeys } from '../../core/govern/baseline.ts';
import { quoted } from './cel.ts';
import type { Refusal } from './policy.ts';
import { MAY_OVERRIDE, OR_OVERRIDE } from './policy.ts';
import { holdersCel, namespaceVariables } from './scope.ts';
import type { AdmissionSource } from './source.ts';

const POD_SECURITY_LABELS = ['enforce', 'audit', 'warn'].flatMap((mode) => [
  `pod-security.kubernetes.io/${mode}`,
  `pod-security.kubernetes.io/${mode}-version`,
]);

const LABEL_IN_SUBJECT = /\$\(namespace\.labels\.([^()]*)\)/g;

/**
 * The labels by which a baseline decides: those its selector reads, and those that choose a subject (THREATS 12, 14).
 */
export const labelsReadBy = (spec: SecurityBaselineSpec): readonly string[] => [
  ...selectorKeys(spec),
  ...(spec.rbac?.roleBindings ?? []).flatMap(({ subjects }) =>
    subjects.flatMap(({ name }) => [...name.matchAll(LABEL_IN_SUBJECT)].map(([, key = '']) => key)),
  ),
];

const LABELS = 'has(object.metadata.labels) ? object.metadata.labels : {}';

/**
 * Labels of governed namespaces that decide what holds there: they are a trust boundary (THREATS 14). `keys` are those of
 * all baselines, also of ones without a door: a label that lets a weaker one take over lets the namespace out as well.
 */
export const namespaceLabels = (
  sources: readonly AdmissionSource[],
  action: AdmissionAction,
  ownNamespace: string,
  keys: readonly string[],
): Refusal => ({
  topic: 'namespace-labels',
  action,
  // The subresources store labels too.
  about: [
    {
      group: '',
      version: 'v1',
      resources: ['namespaces', 'namespaces/status', 'namespaces/finalize'],
      operations: ['UPDATE'],
    },
  ],
  conditions: [],
  variables: [
    ...namespaceVariables('oldObject', sources, ownNamespace),
    { name: 'newLabels', expression: LABELS },
    {
      name: 'changed',
      expression: `${quoted([...new Set([...keys, ...POD_SECURITY_LABELS])].sort())}.filter(key, (key in variables.labels) != (key in variables.newLabels) || (key in variables.labels && variables.labels[key] != variables.newLabels[key]))`,
    },
    { name: 'holders', expression: holdersCel(sources, action) },
    MAY_OVERRIDE,
  ],
  validations: [
    {
      expression: 'variables.changed.size() == 0 || variables.holders.size() == 0 || variables.mayOverride',
      say: `'the label ' + variables.changed.join(', ') + ' decides what namespace ' + variables.namespaceName + ' is held to: change the SecurityBaseline ' + variables.holders.join(', ') + ' instead${OR_OVERRIDE}'`,
    },
  ],
});

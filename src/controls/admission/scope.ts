import type { AdmissionAction } from '../../api/types.ts';
import { SYSTEM_NAMESPACES } from '../../core/govern/systemNamespaces.ts';
import { allOf, anyOf, globsCel, quoted, selectorCel } from './cel.ts';
import type { Variable } from './policy.ts';
import type { AdmissionSource } from './source.ts';
import { isStricter } from './source.ts';

/** The namespace a request is about, for the expressions below. `object`: an expression that is a Namespace. */
export const namespaceVariables = (object: string, ownNamespace: string): readonly Variable[] => [
  { name: 'namespaceName', expression: `${object}.metadata.name` },
  { name: 'labels', expression: `has(${object}.metadata.labels) ? ${object}.metadata.labels : {}` },
  {
    name: 'isSystem',
    expression: globsCel([...new Set([ownNamespace, ...SYSTEM_NAMESPACES])], 'variables.namespaceName'),
  },
];

/** Whether a baseline selects that namespace: what core/govern/baseline decides, in CEL. */
function selectsCel({ spec }: AdmissionSource): string {
  const { matchLabels, matchExpressions } = spec.namespaceSelector;
  if (matchLabels === undefined && matchExpressions === undefined) return 'false';
  const included = spec.includedSystemNamespaces ?? [];
  const excluded = spec.excludedNamespaces ?? [];
  return allOf([
    ...(excluded.length === 0 ? [] : [`!(${globsCel(excluded, 'variables.namespaceName')})`]),
    included.length === 0
      ? '!variables.isSystem'
      : `(!variables.isSystem || variables.namespaceName in ${quoted(included)})`,
    selectorCel(spec.namespaceSelector, 'variables.labels'),
  ]);
}

/**
 * The names of the baselines that ask for exactly this action in that namespace, as a CEL list; empty where a stricter one
 * speaks, because of several the strictest holds.
 */
export function holdersCel(sources: readonly AdmissionSource[], action: AdmissionAction): string {
  const holders = sources
    .filter((source) => source.action === action)
    .map((source) => `(${selectsCel(source)} ? ${quoted([source.baseline])} : [])`)
    .join(' + ');
  const stricter = anyOf(sources.filter((source) => isStricter(source.action, action)).map(selectsCel));
  return stricter === 'false' ? holders : `${stricter} ? [] : ${holders}`;
}

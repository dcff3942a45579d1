import type { AdmissionAction } from '../../api/types.ts';
import { SYSTEM_NAMESPACES } from '../../core/govern/systemNamespaces.ts';
import { allOf, globsCel, quoted, selectorCel } from './cel.ts';
import type { Variable } from './policy.ts';
import type { AdmissionSource } from './source.ts';
import { isStricter } from './source.ts';

/**
 * The namespace that a request is about, and the baselines that select it. `object`: an expression that is a Namespace.
 * Selectors stand here once, in a flat list: a server takes expressions of so many characters, and so deep, and no more.
 */
export const namespaceVariables = (
  object: string,
  sources: readonly AdmissionSource[],
  ownNamespace: string,
): readonly Variable[] => [
  { name: 'namespaceName', expression: `${object}.metadata.name` },
  { name: 'labels', expression: `has(${object}.metadata.labels) ? ${object}.metadata.labels : {}` },
  {
    name: 'isSystem',
    expression: globsCel([...new Set([ownNamespace, ...SYSTEM_NAMESPACES])], 'variables.namespaceName'),
  },
  {
    name: 'selectedBy',
    expression: `[${sources.map((source) => `${selectsCel(source)} ? ${quoted(source.baseline)} : ""`).join(', ')}].filter(name, name != "")`,
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
 * Of the baselines that select the namespace those that ask for exactly this action; none where a stricter one speaks,
 * because of several the strictest holds.
 */
export function holdersCel(sources: readonly AdmissionSource[], action: AdmissionAction): string {
  const among = (some: readonly AdmissionSource[]): string =>
    `name, name in ${quoted(some.map(({ baseline }) => baseline))}`;
  const holders = `variables.selectedBy.filter(${among(sources.filter((source) => source.action === action))})`;
  const stricter = sources.filter((source) => isStricter(source.action, action));
  return stricter.length === 0 ? holders : `variables.selectedBy.exists(${among(stricter)}) ? [] : ${holders}`;
}

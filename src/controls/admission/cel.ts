import type { LabelRequirement, LabelSelector } from '../../k8s/selector.ts';

/** Text as CEL, whose escapes are those of JSON as far as labels and names need any. */
export const quoted = (value: unknown): string => JSON.stringify(value);

export const anyOf = (terms: readonly string[]): string => joined(terms, '||', 'false');
export const allOf = (terms: readonly string[]): string => joined(terms, '&&', 'true');

const joined = (terms: readonly string[], operator: string, none: string): string =>
  terms.length === 0 ? none : terms.length === 1 ? (terms[0] ?? none) : `(${terms.join(` ${operator} `)})`;

/** Whether the map `labels`, an expression, meets a selector: what k8s/selector decides, in CEL. */
export const selectorCel = ({ matchLabels, matchExpressions }: LabelSelector, labels: string): string =>
  allOf([
    ...Object.entries(matchLabels ?? {})
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, value]) => isIn(labels, key, [value])),
    ...(matchExpressions ?? []).map((requirement) => requirementCel(requirement, labels)),
  ]);

function requirementCel({ key, operator, values = [] }: LabelRequirement, labels: string): string {
  switch (operator) {
    case 'In':
      return isIn(labels, key, values);
    case 'NotIn':
      return `!${isIn(labels, key, values)}`;
    case 'Exists':
      return `(${quoted(key)} in ${labels})`;
    case 'DoesNotExist':
      return `!(${quoted(key)} in ${labels})`;
    default:
      return 'false';
  }
}

const isIn = (labels: string, key: string, values: readonly string[]): string =>
  `(${quoted(key)} in ${labels} && ${labels}[${quoted(key)}] in ${quoted(values)})`;

/** Whether `name`, an expression, matches any of the globs. */
export function globsCel(globs: readonly string[], name: string): string {
  const names = globs.filter((glob) => !/[*?]/.test(glob));
  const patterns = globs.filter((glob) => /[*?]/.test(glob)).map(patternOf);
  return anyOf([
    ...(names.length === 0 ? [] : [`${name} in ${quoted(names)}`]),
    ...(patterns.length === 0 ? [] : [`${name}.matches(${quoted(`^(${patterns.join('|')})$`)})`]),
  ]);
}

/** Names have no character but these that RE2 reads as anything else than itself: a dot is in none. */
const patternOf = (glob: string): string => glob.replaceAll('*', '.*').replaceAll('?', '.');

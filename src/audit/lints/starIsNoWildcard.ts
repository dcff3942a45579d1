import type { Lint } from '../lint.ts';

const FIELDS = ['users', 'userGroups', 'verbs', 'namespaces'] as const;

/** All that a star can say among resources: everything, all of a resource, a subresource of everything. */
const isPattern = (name: string): boolean => !name.includes('*') || /^(\*|[^*/]+\/\*|\*\/[^*/]+)$/.test(name);
const hasStar = (value: string): boolean => value.includes('*');

export const starIsNoWildcard: Lint = {
  id: 'star-is-no-wildcard',
  severity: 'error',
  summary:
    'A `*` among users, userGroups, verbs, namespaces or resourceNames, or within a resource: it stands for nothing.',
  check: ({ rules }) =>
    rules.flatMap((rule, index) => {
      const plain = FIELDS.filter((field) => rule[field].some(hasStar)).map((field) => ({
        path: `rules[${index}].${field}`,
        message: said(rule[field]),
      }));
      const within = rule.resources.flatMap(({ resources, resourceNames }, at) => [
        ...resources.flatMap((name, position) =>
          isPattern(name)
            ? []
            : [
                {
                  path: `rules[${index}].resources[${at}].resources[${position}]`,
                  message: `"${name}" matches nothing: a star is all of it, or one side of a slash, as in pods/* and */log`,
                },
              ],
        ),
        ...(resourceNames.some(hasStar)
          ? [{ path: `rules[${index}].resources[${at}].resourceNames`, message: said(resourceNames) }]
          : []),
      ]);
      return [...plain, ...within];
    }),
};

/** A user may have a star in the name, and then it is just that one. */
function said(values: readonly string[]): string {
  if (values.includes('*'))
    return 'a star matches only what is called "*", which nothing is: leave the field out to mean all';
  return `a star is a letter like another here, and stands for nothing in ${values.filter(hasStar).join(', ')}: name each one`;
}

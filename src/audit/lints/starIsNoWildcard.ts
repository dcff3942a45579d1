import type { Lint } from '../lint.ts';

const FIELDS = ['users', 'userGroups', 'verbs', 'namespaces'] as const;

export const starIsNoWildcard: Lint = {
  id: 'star-is-no-wildcard',
  severity: 'error',
  summary: 'A `*` among users, userGroups, verbs, namespaces or resourceNames, where it matches nothing.',
  check: ({ rules }) =>
    rules.flatMap((rule, index) => {
      const message = 'a star matches only what is called "*", which nothing is: leave the field out to mean all';
      const plain = FIELDS.filter((field) => rule[field].includes('*')).map((field) => `rules[${index}].${field}`);
      const names = rule.resources.flatMap(({ resourceNames }, at) =>
        resourceNames.includes('*') ? [`rules[${index}].resources[${at}].resourceNames`] : [],
      );
      return [...plain, ...names].map((path) => ({ path, message }));
    }),
};

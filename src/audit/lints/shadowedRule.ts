import { covers } from '../covers.ts';
import type { Lint } from '../lint.ts';

export const shadowedRule: Lint = {
  id: 'shadowed-rule',
  severity: 'error',
  summary: 'A rule never decides, because an earlier one matches every request that it matches.',
  check: ({ rules }) =>
    rules.flatMap((rule, index) => {
      const by = rules.slice(0, index).findIndex((earlier) => covers(earlier, rule));
      if (by < 0) return [];
      const message = `it never decides: rules[${by}] matches all that it matches, and comes first. Put it before that one, or leave it out`;
      return [{ path: `rules[${index}]`, message }];
    }),
};

import type { Lint } from '../lint.ts';

export const nameAtCreate: Lint = {
  id: 'name-at-create',
  severity: 'error',
  summary: 'A rule with resourceNames is only about creates, which have no name yet when the policy is asked.',
  check: ({ rules }) =>
    rules.flatMap((rule, index) => {
      if (rule.verbs.length === 0 || rule.verbs.some((verb) => verb !== 'create')) return [];
      return rule.resources.flatMap(({ resources, resourceNames }, at) => {
        // A create of a subresource, such as pods/exec, is about an object that has a name.
        const isNameless = resources.every((name) => !name.includes('/') && name !== '*');
        // The empty name is that of a create.
        if (resourceNames.length === 0 || resourceNames.includes('') || !isNameless) return [];
        const message = 'no create matches it: the name is not known by then. Leave resourceNames out';
        return [{ path: `rules[${index}].resources[${at}].resourceNames`, message }];
      });
    }),
};

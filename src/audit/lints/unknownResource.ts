import type { Lint, LintContext } from '../lint.ts';

export const unknownResource: Lint = {
  id: 'unknown-resource',
  severity: 'error',
  summary: 'A resource that the API server does not serve in that group: the rule matches nothing.',
  check: ({ rules }, { served }) => {
    if (served === undefined) return [];
    return rules.flatMap((rule, index) =>
      rule.resources.flatMap(({ group, resources }, at) =>
        resources.flatMap((name, position) => {
          if (name.includes('*') || isServed(served, group, name)) return [];
          const path = `rules[${index}].resources[${at}].resources[${position}]`;
          return [{ path, message: `${name} is not served in ${groupName(group)}${whereElse(served, name)}` }];
        }),
      ),
    );
  },
};

type Served = NonNullable<LintContext['served']>;

const isServed = (served: Served, group: string, name: string): boolean =>
  group === '*' ? [...served.values()].some((names) => names.has(name)) : served.get(group)?.has(name) === true;

const groupName = (group: string): string => (group === '' ? 'the core group' : group === '*' ? 'any group' : group);

function whereElse(served: Served, name: string): string {
  const groups = [...served].filter(([, names]) => names.has(name)).map(([group]) => `"${group}"`);
  return groups.length === 0 ? ': leave it out' : `: its group is ${groups.join(' or ')}`;
}

import { asciiLine } from './asciiYaml.ts';
import { API_VERSION } from './decode.ts';
import type { AuditPolicy, AuditRule } from './policy.ts';

/**
 * The text of a policy file: YAML, a rule on each line, the same for the same policy. Two policies of one text are one
 * policy, so its hash tells whether anything changed.
 */
export const policyText = ({ omitStages, omitManagedFields, rules }: AuditPolicy): string =>
  [
    `apiVersion: ${API_VERSION}`,
    'kind: Policy',
    ...(omitStages.length > 0 ? [`omitStages: ${JSON.stringify(omitStages)}`] : []),
    ...(omitManagedFields ? ['omitManagedFields: true'] : []),
    'rules:',
    ...rules.map((rule) => `- ${asciiLine(JSON.stringify(written(rule), wellFormed))}`),
    '',
  ].join('\n');

/** Half a character is in no name, and no server reads it. */
const wellFormed = (_name: string, value: unknown): unknown =>
  typeof value === 'string' ? value.toWellFormed() : value;

/** Without what is empty, in the order in which people read it. JSON is YAML too. */
function written(rule: AuditRule): Readonly<Record<string, unknown>> {
  const { level, omitStages, omitManagedFields, ...lists } = rule;
  const resources = rule.resources.map(({ group, ...names }) => ({ group, ...given(names) }));
  return {
    level,
    ...given({
      users: lists.users,
      userGroups: lists.userGroups,
      verbs: lists.verbs,
      resources,
      namespaces: lists.namespaces,
      nonResourceURLs: lists.nonResourceURLs,
      omitStages,
    }),
    ...(omitManagedFields === undefined ? {} : { omitManagedFields }),
  };
}

const given = (lists: Readonly<Record<string, readonly unknown[]>>): Readonly<Record<string, readonly unknown[]>> =>
  Object.fromEntries(Object.entries(lists).filter(([, values]) => values.length > 0));

import { list, record, text, texts } from '../../k8s/json.ts';
import type { GroupResources, Level } from '../policy.ts';
import { LEVELS } from '../policy.ts';

/**
 * What one baseline asks of the audit policy, which is the whole cluster's whatever the baseline selects (THREATS 22). The
 * order of its rules means nothing: of all that match a request the highest level holds, and `level` where none does.
 */
export interface AuditSection {
  /** For requests that no rule is about. */
  readonly level: Level;
  readonly rules: readonly SectionRule[];
}

/** A rule about requests; an absent or empty list asks for nothing. There are no namespaces, see THREATS 22. */
export interface SectionRule {
  readonly level: Level;
  readonly users?: readonly string[];
  readonly userGroups?: readonly string[];
  readonly verbs?: readonly string[];
  readonly resources?: readonly SectionResources[];
  readonly nonResourceURLs?: readonly string[];
}

export interface SectionResources {
  readonly group: string;
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
}

export const groupResourcesOf = (one: SectionResources): GroupResources => ({
  group: one.group,
  resources: one.resources ?? [],
  resourceNames: one.resourceNames ?? [],
});

/** Reads a section that was written down; undefined where it is none, which is then as good as lost. */
export function readSection(value: unknown): AuditSection | undefined {
  const { level, rules } = record(value);
  const known = LEVELS.find((one) => one === level);
  const read = list(rules).map(readRule);
  return known === undefined || read.includes(undefined)
    ? undefined
    : { level: known, rules: read.filter((rule) => rule !== undefined) };
}

function readRule(value: unknown): SectionRule | undefined {
  const rule = record(value);
  const level = LEVELS.find((one) => one === rule.level);
  if (level === undefined) return undefined;
  return {
    level,
    users: texts(rule.users),
    userGroups: texts(rule.userGroups),
    verbs: texts(rule.verbs),
    nonResourceURLs: texts(rule.nonResourceURLs),
    resources: list(rule.resources).map((one) => {
      const { group, resources, resourceNames } = record(one);
      return { group: text(group), resources: texts(resources), resourceNames: texts(resourceNames) };
    }),
  };
}

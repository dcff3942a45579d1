import type { GroupResources, Level } from '../policy.ts';

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

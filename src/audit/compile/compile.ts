import { covers } from '../covers.ts';
import type { AuditPolicy, AuditRule, GroupResources, Level } from '../policy.ts';
import { LEVELS } from '../policy.ts';
import { CEILING, catchAll, floorAt } from './bounds.ts';
import type { AuditSection, SectionResources, SectionRule } from './section.ts';
import { groupResourcesOf } from './section.ts';

/**
 * Joins sections to one policy: for each request at least the highest level that a section gives it, never below the floor,
 * never above the ceiling (docs/adr/0010-audit-sections.md). Of one section exactly its levels. The order of the sections,
 * of rules and of lists means nothing, so that the same wishes always give the same policy. No section: the floor alone.
 */
export function compilePolicy(sections: readonly AuditSection[]): AuditPolicy {
  const base = highest(sections.map(({ level }) => level));
  const floor = floorAt(highest([base, 'Metadata']));
  const wished = withoutDead(sections.flatMap((section) => levelled(section, sections)).sort(byLevelThenText));
  const above = wished.filter(({ level }) => rankOf(level) >= rankOf(floor.level));
  const below = wished.slice(above.length);
  return {
    // The request as it came in is told again by its end; a policy of half the events is as complete.
    omitStages: ['RequestReceived'],
    // Bodies are read for what was asked, and who manages which field is half of their size.
    omitManagedFields: true,
    rules: [CEILING, ...withoutRepeats(above, below, base), floor, ...withoutRepeats(below, [], base), catchAll(base)],
  };
}

const rankOf = (level: Level): number => LEVELS.indexOf(level);

const highest = (levels: readonly Level[]): Level =>
  levels.reduce<Level>((a, b) => (rankOf(a) >= rankOf(b) ? a : b), 'None');

/**
 * A section's rules, each at its level, or higher where another section asks for more: one that has no rule for all that
 * this one is about wants its own `level` for the rest of it.
 */
const levelled = (section: AuditSection, all: readonly AuditSection[]): readonly AuditRule[] =>
  section.rules.map((rule) => {
    const made = auditRuleOf(rule);
    const others = all.filter(
      (other) => other !== section && !other.rules.some((one) => covers(auditRuleOf(one), made)),
    );
    return { ...made, level: highest([made.level, ...others.map(({ level }) => level)]) };
  });

/** Lists in a fixed order. */
export const auditRuleOf = (rule: SectionRule): AuditRule => ({
  ...catchAll(rule.level),
  users: sorted(rule.users),
  userGroups: sorted(rule.userGroups),
  verbs: sorted(rule.verbs),
  resources: (rule.resources ?? []).map(sortedResources).sort(byText),
  nonResourceURLs: sorted(rule.nonResourceURLs),
});

export function sortedResources(one: SectionResources): GroupResources {
  const { group, resources, resourceNames } = groupResourcesOf(one);
  return { group, resources: sorted(resources), resourceNames: sorted(resourceNames) };
}

const sorted = (values: readonly string[] = []): readonly string[] => [...new Set(values)].sort();

const byText = (a: unknown, b: unknown): number => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);

/** The first match decides, so the highest level stands first. */
const byLevelThenText = (a: AuditRule, b: AuditRule): number => rankOf(b.level) - rankOf(a.level) || byText(a, b);

/** Rules that no request reaches, because one before them takes all of theirs. */
const withoutDead = (rules: readonly AuditRule[]): readonly AuditRule[] =>
  rules.filter(
    (rule, index) => !covers(CEILING, rule) && !rules.slice(0, index).some((before) => covers(before, rule)),
  );

/** What says the level of the last rule says nothing, unless a lower one comes between. */
const withoutRepeats = (
  rules: readonly AuditRule[],
  after: readonly AuditRule[],
  base: Level,
): readonly AuditRule[] => {
  const hasLower = [...rules, ...after].some(({ level }) => rankOf(level) < rankOf(base));
  return hasLower ? rules : rules.filter(({ level }) => level !== base);
};

import type { AuditPolicy, AuditRule } from '../policy.ts';
import { LEVELS } from '../policy.ts';
import { CEILING, floorAt } from './bounds.ts';
import { MARK_PATH, markRules } from './mark.ts';

/**
 * Why a policy must not be handed to a server of ours: it may hide what the floor shows, or show what the ceiling hides.
 * Undefined when it keeps both. It judges by the shape that `compilePolicy` gives, and takes no other: who delivers a
 * policy trusts nobody's word for it (THREATS 22).
 */
export function boundsBroken({ rules, omitStages }: AuditPolicy): string | undefined {
  const [first, ...after] = rules;
  const rest = withoutMark(after);
  if (first === undefined || !same(first, CEILING)) {
    return 'its first rule must be the one that keeps secrets and tokens at Metadata';
  }
  const silent = omitStages.filter((stage) => stage !== 'RequestReceived');
  if (silent.length > 0) return `it omits the stage ${silent.join(', ')} of everything`;
  const mute = rules.findIndex((rule) => rule.omitStages.length > 0);
  if (mute >= 0) return `rules[${mute}] omits stages`;
  for (const rule of rest) {
    if (same(rule, floorAt(rule.level))) {
      return rule.level === 'None' ? 'the rule of what must be seen has level None' : undefined;
    }
    if (rule.level === 'None') return 'a rule of level None stands before the one of what must be seen';
  }
  return `it has no rule that records changes of baselines, RBAC and admission at ${LEVELS[1]} or above`;
}

/** The mark tells which policy is in force, and silences nothing that is served. */
function withoutMark(rules: readonly AuditRule[]): readonly AuditRule[] {
  const [mark, silence] = rules;
  const path = mark?.nonResourceURLs[0] ?? '';
  if (mark === undefined || silence === undefined || !path.startsWith(MARK_PATH)) return rules;
  const [first, second] = markRules(path.slice(MARK_PATH.length));
  const isMark = first !== undefined && second !== undefined && same(mark, first) && same(silence, second);
  return isMark ? rules.slice(2) : rules;
}

const same = (a: AuditRule, b: AuditRule): boolean => JSON.stringify(shape(a)) === JSON.stringify(shape(b));

/** Fields in one order, whoever made the object. */
const shape = (rule: AuditRule): unknown => [
  rule.level,
  rule.users,
  rule.userGroups,
  rule.verbs,
  rule.resources.map(({ group, resources, resourceNames }) => [group, resources, resourceNames]),
  rule.namespaces,
  rule.nonResourceURLs,
];

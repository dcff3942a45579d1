import type { PolicyRule } from '../../k8s/policyRule.ts';
import { allows } from '../../k8s/rbac/allows.ts';
import type { Span, UsageEntry } from '../usage/usage.ts';
import type { Grant } from './grants.ts';
import { grantsFor } from './unused.ts';

/** What a proposed rule rests on. */
export interface RuleEvidence {
  /** Requests that it would have allowed. */
  readonly count: number;
  readonly seen: Span;
  /**
   * Bindings that allowed them: `ClusterRoleBinding wide`, `RoleBinding shop/edit`. Where the log names none, those of the
   * grants that would have.
   */
  readonly allowedBy: readonly string[];
  /** Objects they were about, as far as they are kept, where the rule names none. */
  readonly names: readonly string[];
}

/** The requests behind one rule of a role in `namespace`, or of a ClusterRole. Undefined: there were none. */
export function ruleEvidence(
  rule: PolicyRule,
  namespace: string,
  used: readonly UsageEntry[],
  grants: readonly Grant[] = [],
): RuleEvidence | undefined {
  const behind = used.filter(
    ({ permission, names }) =>
      (permission.type === 'path' || namespace === '' || permission.namespace === namespace) &&
      [...names.names, ''].some((name) => allows(rule, permission, name)),
  );
  const firsts = behind.map(({ seen }) => seen.first).sort();
  const lasts = behind.map(({ seen }) => seen.last).sort();
  const [first] = firsts;
  const last = lasts.at(-1);
  if (first === undefined || last === undefined) return undefined;
  const bindings = behind.flatMap((entry): readonly Pick<Grant, 'binding'>[] =>
    entry.allowedBy.length > 0 ? entry.allowedBy : grantsFor(grants, entry),
  );
  const isNamed = (rule.resourceNames ?? []).length > 0;
  return {
    count: behind.reduce((sum, { count }) => sum + count, 0),
    seen: { first, last },
    allowedBy: unique(bindings.map(describeBinding)),
    names: isNamed ? [] : unique(behind.flatMap(({ names }) => names.names)),
  };
}

const describeBinding = ({ binding }: Pick<Grant, 'binding'>): string =>
  [binding.kind, [binding.namespace, binding.name].filter((part) => part !== '').join('/')].join(' ');

const unique = (items: readonly string[]): readonly string[] => [...new Set(items)].sort();

import type { SecurityBaselineSpec } from '../../src/api/types.ts';
import { FULL_NETWORK, FULL_RBAC } from '../cluster/support/spec.ts';
import type { NewObject } from '../support/kubeAdmin.ts';

/** A baseline, as far as scenarios vary it. Ingress is always denied, so that an open door needs no second look. */
export interface Shape {
  /** Labels of the namespaces that it selects. */
  readonly selects: Readonly<Record<string, string>>;
  readonly excluded: readonly string[];
  readonly enforcement: 'Enforce' | 'Audit';
  readonly suspend: boolean;
  readonly priority: number;
  readonly deletionPolicy: 'Retain' | 'Delete';
  /** Egress is denied too. */
  readonly egress: boolean;
  readonly rules: readonly RuleName[];
  /** `foreignPolicies: Remove`. */
  readonly removes: boolean;
  readonly rbac: 'none' | 'role' | 'binding';
}

export const RULE_NAMES = ['from-ingress', 'from-metrics', 'to-internet'] as const;
export type RuleName = (typeof RULE_NAMES)[number];

const INGRESS_RULES = {
  'from-metrics': {
    name: 'from-metrics',
    podSelector: { matchLabels: {} },
    ingress: [
      { from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'metrics' } } }], ports: [] },
    ],
  },
};

const fullRules = (FULL_NETWORK.allow as { readonly rules: readonly { readonly name: string }[] }).rules;

const ruleOf = (name: RuleName): unknown =>
  name === 'from-metrics' ? INGRESS_RULES[name] : fullRules.find((rule) => rule.name === name);

/** The rules that the baseline can declare: what goes out needs Egress in `defaultDeny`. */
export const rulesOf = ({ rules, egress }: Shape): readonly RuleName[] =>
  RULE_NAMES.filter((name) => rules.includes(name) && (egress || name !== 'to-internet'));

export function specOf(shape: Shape): SecurityBaselineSpec {
  const directions = shape.egress ? ['Ingress', 'Egress'] : ['Ingress'];
  const network = {
    defaultDeny: directions,
    allow: {
      ...(shape.egress ? { dns: {}, apiServer: {} } : {}),
      sameNamespace: directions,
      rules: rulesOf(shape).map(ruleOf),
    },
    ...(shape.egress ? { blockedCidrs: FULL_NETWORK.blockedCidrs } : {}),
    foreignPolicies: shape.removes ? 'Remove' : 'Report',
  };
  const { roles } = FULL_RBAC;
  const rbac = { none: undefined, role: { roles }, binding: FULL_RBAC }[shape.rbac];
  return {
    enforcement: shape.enforcement,
    priority: shape.priority,
    suspend: shape.suspend,
    deletionPolicy: shape.deletionPolicy,
    namespaceSelector: { matchLabels: shape.selects },
    ...(shape.excluded.length === 0 ? {} : { excludedNamespaces: shape.excluded }),
    network,
    ...(rbac === undefined ? {} : { rbac }),
  } as SecurityBaselineSpec;
}

export const baselineObject = (name: string, shape: Shape): NewObject => ({
  apiVersion: 'drawbridge.dev/v1alpha1',
  kind: 'SecurityBaseline',
  metadata: { name },
  spec: specOf(shape),
});

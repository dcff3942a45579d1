import Type from 'typebox';
import { celRules } from './cel.ts';

/**
 * The controls that a waiver may name. `src/api` knows no controls: test/controls/registry.test.ts holds the two lists
 * together. `audit.policy` and `admission.policies` guard the whole cluster, and are not among them (THREATS 16).
 */
export const WAIVABLE_CONTROLS: readonly string[] = [
  'network.allow-dns',
  'network.allow-api-server',
  'network.allow-api-server-callbacks',
  'network.allow-same-namespace',
  'network.allow-rules',
  'network.default-deny',
  'network.foreign-policies',
  'network.isolation',
  'rbac.roles',
  'rbac.role-bindings',
  'rbac.forbidden-grants',
  'service-account.default-token',
  'pod-security.labels',
  'pod-security.workloads',
  'resources.limit-range',
  'resources.quota',
];

const CLUSTER_WIDE = "self.startsWith('audit') || self.startsWith('admission')";

/** The id of a control, as a waiver names it. */
export const WaivableControl = Type.String({
  minLength: 1,
  maxLength: 64,
  description: 'The id of a control, as docs/controls.md lists them.',
  ...celRules(
    {
      rule: `!(${CLUSTER_WIDE})`,
      message:
        'audit.policy and admission guard the whole cluster and cannot be waived: name a control of a namespace, such as network.default-deny',
    },
    {
      rule: `${CLUSTER_WIDE} || self in [${WAIVABLE_CONTROLS.map((id) => `'${id}'`).join(', ')}]`,
      message: 'no control has this id: write one that docs/controls.md lists, such as network.default-deny',
    },
  ),
});

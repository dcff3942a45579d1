import { baseline, withSpec } from './baselines.ts';
import type { Refusal } from './refusal.ts';

const NETWORK = { defaultDeny: ['Ingress'] };

/** Wrong outside the sections. */
export const REFUSED_SPECS: readonly Refusal[] = [
  {
    name: 'a name longer than a label value',
    object: baseline(
      { enforcement: 'Audit', namespaceSelector: { matchLabels: {} }, network: NETWORK },
      'a'.repeat(64),
    ),
    message: 'a baseline has a name of at most 63 characters',
  },
  {
    name: 'no section',
    object: withSpec({ network: undefined }),
    message:
      'the baseline declares nothing: write network, rbac, serviceAccounts, podSecurity, resources, audit, admission or clusterChecks',
  },
  ...['60', '1d', '-1s', '25h', '1.5m', 'soon'].map((pause) => ({
    name: `a pause of ${pause}`,
    object: withSpec({ rollout: { batch: 1, pause } }),
    message: 'write pause as a duration of at most 24h, such as 60s, 5m or 1h30m',
  })),
  ...['0%', '101%', '10'].map((batch) => ({
    name: `a batch of "${batch}"`,
    object: withSpec({ rollout: { batch, pause: '1s' } }),
    message: 'spec.rollout.batch',
  })),
  {
    name: 'a batch of no namespace',
    object: withSpec({ rollout: { batch: 0, pause: '1s' } }),
    message: 'spec.rollout.batch',
  },
  {
    name: 'an enforcement that is none',
    object: withSpec({ enforcement: 'enforce' }),
    message: 'spec.enforcement: Unsupported value: "enforce": supported values: "Audit", "Enforce"',
  },
  {
    name: 'an empty namespaceSelector',
    object: withSpec({ namespaceSelector: {} }),
    message: 'to select everything, write matchLabels: {}',
  },
  {
    name: 'a label key that is none',
    object: withSpec({ namespaceSelector: { matchLabels: { 'team name': 'a' } } }),
    message: 'a label key is a name of letters, digits, -, _ and ., after an optional DNS prefix',
  },
  {
    name: 'a system namespace as a pattern',
    object: withSpec({ includedSystemNamespaces: ['kube-*'] }),
    message: 'system namespaces are named one by one: write the whole name, such as kube-system, without * or ?',
  },
  {
    name: 'an exclusion of everything',
    object: withSpec({ excludedNamespaces: ['*'] }),
    message: 'this pattern would exclude every namespace',
  },
  {
    name: 'an exclusion as a regular expression',
    object: withSpec({ excludedNamespaces: ['sandbox-.*'] }),
    message: 'write a namespace name, or a pattern of lower-case letters, digits, -, * and ?, such as sandbox-*',
  },
  {
    name: 'one exclusion twice',
    object: withSpec({ excludedNamespaces: ['sandbox', 'sandbox'] }),
    message: 'spec.excludedNamespaces[1]: Duplicate value: "sandbox"',
  },
  {
    name: 'values for Exists',
    object: withSpec({ namespaceSelector: { matchExpressions: [{ key: 'a', operator: 'Exists', values: ['b'] }] } }),
    message: 'In and NotIn need values; Exists and DoesNotExist take none',
  },
  {
    name: 'no values for NotIn',
    object: withSpec({ namespaceSelector: { matchExpressions: [{ key: 'a', operator: 'NotIn', values: [] }] } }),
    message: 'In and NotIn need values; Exists and DoesNotExist take none',
  },
];

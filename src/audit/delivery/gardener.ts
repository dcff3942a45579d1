import type { Hash } from '../compile/mark.ts';
import { MAX_POLICY_CHARS } from '../compile/publication.ts';
import type { AuditPolicy, Mistake } from '../policy.ts';
import { policyText } from '../policyText.ts';
import { validatePolicy } from '../validate.ts';
import type { Delivery } from './delivery.ts';

/** Where the cluster of a Shoot is described, in the garden cluster. */
export interface GardenerFacts {
  /** Of the project: the ConfigMap must be where the Shoot is. */
  readonly namespace: string;
  readonly shoot: string;
  /** Of the Shoot's API servers: 33 for 1.33. */
  readonly minor: number;
  readonly hash: Hash;
}

/** The key that Gardener reads (gardener/gardener, shoot_auditpolicy.md). */
const KEY = 'policy';
const NAME = 'drawbridge-audit-policy';
const HASH_CHARS = 16;

/**
 * Gardener takes a policy as it is, from a ConfigMap that the Shoot names (core.gardener.cloud/v1beta1, types_shoot.go). A
 * new policy has a new name, so that the Shoot changes with it: Gardener does not watch what a ConfigMap holds.
 */
export function planGardener(policy: AuditPolicy, facts: GardenerFacts): Delivery {
  const text = policyText(policy);
  const refused = refusals(policy, text, facts.minor);
  const { namespace, shoot } = facts;
  if (refused.length > 0) {
    const steps = refused.map(({ path, message }) => `Gardener or its API servers would refuse ${path}: ${message}`);
    return { platform: 'gardener', verdict: 'cannot', manifests: [], losses: [], steps };
  }
  const name = `${NAME}-${facts.hash(text).slice(0, HASH_CHARS)}`;
  return {
    platform: 'gardener',
    verdict: 'meets',
    manifests: [
      {
        how: 'apply',
        object: {
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: { name, namespace },
          immutable: true,
          data: { [KEY]: text },
        },
      },
      {
        how: 'patch',
        object: {
          apiVersion: 'core.gardener.cloud/v1beta1',
          kind: 'Shoot',
          metadata: { name: shoot, namespace },
          spec: { kubernetes: { kubeAPIServer: { auditConfig: { auditPolicy: { configMapRef: { name } } } } } },
        },
      },
    ],
    losses: [],
    steps: stepsOf({ namespace, shoot, name }),
  };
}

const stepsOf = (at: {
  readonly namespace: string;
  readonly shoot: string;
  readonly name: string;
}): readonly string[] => [
  `in the garden cluster, apply ConfigMap ${at.name} first: Gardener refuses a Shoot that names none or a bad one`,
  `kubectl -n ${at.namespace} patch shoot ${at.shoot} --type merge --patch-file FILE, with the Shoot alone in it: the new name starts the roll-out`,
  `if the Shoot is reconciled only in its maintenance window, start it: kubectl -n ${at.namespace} annotate shoot ${at.shoot} gardener.cloud/operation=reconcile`,
  'it is in force when status.lastOperation of the Shoot is Succeeded; where the events go is set up by who runs Gardener, and not by a Shoot',
];

/** What its admission refuses, and what it lets pass although an API server ends over it: a policy without rules. */
function refusals(policy: AuditPolicy, text: string, minor: number): readonly Mistake[] {
  return [
    ...(policy.rules.length === 0 ? [{ path: 'rules', message: 'there must be one at least' }] : []),
    ...(text.length > MAX_POLICY_CHARS
      ? [{ path: 'rules', message: `the policy has more than ${MAX_POLICY_CHARS} characters` }]
      : []),
    ...validatePolicy(policy, minor),
  ];
}

import type { AuditPolicy } from '../policy.ts';
import type { Delivery, Loss, Platform } from './delivery.ts';
import { EKS_POLICY, GCE_POLICY } from './gcePolicy.ts';
import { lossesUnder } from './losses.ts';

export type ManagedPlatform = Extract<Platform, 'eks' | 'gke' | 'aks'>;

/** Whose control plane it is takes no policy from anybody. What they record is fixed, and not all of them tell what it is. */
export const planManaged = (policy: AuditPolicy, platform: ManagedPlatform): Delivery => {
  const { recorded, steps } = PLATFORMS[platform];
  return {
    platform,
    verdict: 'cannot',
    manifests: [],
    losses: recorded === undefined ? unknownLosses(policy) : lossesUnder(policy, recorded),
    steps: [...steps, ...EVERYWHERE],
  };
};

interface Fixed {
  /** Undefined: nobody outside knows. */
  readonly recorded: AuditPolicy | undefined;
  readonly steps: readonly string[];
}

const PLATFORMS: Readonly<Record<ManagedPlatform, Fixed>> = {
  eks: {
    recorded: EKS_POLICY,
    steps: [
      'enable log type audit of the cluster: aws eks update-cluster-config --name CLUSTER --logging \'{"clusterLogging":[{"types":["audit"],"enabled":true}]}\'; it is off by default',
      'read the events in CloudWatch, log group /aws/eks/CLUSTER/cluster, streams kube-apiserver-audit-*; CloudWatch bounds the size of an event, and a request with its answer may be larger',
    ],
  },
  gke: {
    recorded: GCE_POLICY,
    steps: [
      'enable Data Access audit logs of the Kubernetes Engine API (ADMIN_READ, DATA_READ, DATA_WRITE) in the IAM policy of the project: without them reads come into no log of yours',
      'read the events in Cloud Logging: changes are in the Admin Activity log, which cannot be turned off',
    ],
  },
  aks: {
    recorded: undefined,
    steps: [
      'make a diagnostic setting of the cluster with log category kube-audit; kube-audit-admin leaves out every get and list, and so each read of a Secret',
      'look at column Level of table AKSAudit for the requests that matter: Microsoft does not publish the policy, so count on nothing that was not seen',
    ],
  },
};

const EVERYWHERE: readonly string[] = [
  'there is no webhook to send events to the audit receiver: condition AuditEffective stays Unknown',
  'hold what must not happen by admission instead: a ValidatingAdmissionPolicy with validationActions [Deny, Audit] refuses, and notes it in the events that come',
];

/** Somebody may record it all, and nobody says so. */
const unknownLosses = ({ rules }: AuditPolicy): readonly Loss[] =>
  rules.map((rule, index) => ({
    rule: index,
    asked: rule.level,
    recorded: 'Unknown',
    without: [],
    direction: 'unknown',
    exposes: false,
    requests: [rule],
  }));

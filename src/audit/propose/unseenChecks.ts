import type { UsageEntry } from '../usage/usage.ts';

/** A used right beside which the server asks for others that no event shows: a role from the log may not be enough. */
export interface Unseen {
  readonly entry: UsageEntry;
  /** What else may be asked for, a sentence. */
  readonly message: string;
}

interface Check {
  readonly group: string;
  readonly resources: RegExp;
  readonly message: string;
}

/** Of Kubernetes 1.36, with the admission plugins that are on by default. */
const CHECKS: readonly Check[] = [
  {
    group: 'rbac.authorization.k8s.io',
    resources: /^(cluster)?roles$/,
    message: 'who writes a role must hold every right in it, or have escalate on it',
  },
  {
    group: 'rbac.authorization.k8s.io',
    resources: /^(cluster)?rolebindings$/,
    message: 'who writes a binding must hold every right of its role, or have bind on it',
  },
  {
    group: 'certificates.k8s.io',
    resources: /^certificatesigningrequests\/(approval|status)$/,
    message: 'who approves or signs must have approve or sign on the signer',
  },
  {
    group: 'certificates.k8s.io',
    resources: /^clustertrustbundles$/,
    message: 'who writes a bundle of a signer must have attest on the signer',
  },
  {
    group: 'admissionregistration.k8s.io',
    resources: /^(validating|mutating)admissionpolic(ies|ybindings)$/,
    message: 'who writes a policy with parameters must have get on these',
  },
];

const WRITES: readonly string[] = ['create', 'update', 'patch'];

/** The checks beside what a subject used. */
export const unseenChecks = (used: readonly UsageEntry[]): readonly Unseen[] =>
  used.flatMap((entry) => {
    const { permission } = entry;
    if (permission.type === 'path' || !WRITES.includes(permission.verb)) return [];
    return CHECKS.filter(
      ({ group, resources }) => group === permission.group && resources.test(permission.resource),
    ).map(({ message }) => ({ entry, message }));
  });

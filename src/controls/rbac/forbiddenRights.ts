import type { ForbiddenGrant } from '../../api/types.ts';
import type { Severity } from '../../core/model/finding.ts';
import { ESCALATION_PATHS } from '../../k8s/rbac/escalationPaths.ts';
import { EVERYTHING, WILDCARDS } from '../../k8s/rbac/grantedRights.ts';

/** What a baseline may forbid, in the order in which it is told. */
export const FORBIDDEN_WORDS: readonly ForbiddenGrant[] = [
  'Wildcards',
  'Escalation',
  'SecretReaders',
  'PodExec',
  'WorkloadCreators',
];

/** One right that may be forbidden: by which words, and as which check of the controls map. */
interface ForbiddenRight {
  readonly words: readonly ForbiddenGrant[];
  readonly check: string;
  readonly severity: Severity;
}

const right = (check: string, severity: Severity, ...words: readonly ForbiddenGrant[]): ForbiddenRight => ({
  words,
  check,
  severity,
});

/**
 * By the ids of k8s/rbac. `network` is not among them: who deploys an application makes Services and Ingresses, and what
 * its NetworkPolicies open is judged by itself.
 */
export const FORBIDDEN_RIGHTS: Readonly<Record<string, ForbiddenRight>> = {
  [WILDCARDS]: right('SB-RBAC-002', 'high', 'Wildcards'),
  escalate: right('SB-RBAC-005', 'critical', 'Escalation'),
  impersonate: right('SB-RBAC-005', 'critical', 'Escalation'),
  'cloud-identities': right('SB-RBAC-005', 'critical', 'Escalation'),
  'node-proxy': right('SB-RBAC-007', 'critical', 'Escalation', 'PodExec'),
  'rbac-write': right('SB-RBAC-005', 'high', 'Escalation'),
  baselines: right('SB-RBAC-005', 'high', 'Escalation'),
  'api-services': right('SB-RBAC-005', 'high', 'Escalation'),
  'resource-definitions': right('SB-RBAC-005', 'high', 'Escalation'),
  'control-plane-leases': right('SB-RBAC-005', 'high', 'Escalation'),
  'node-write': right('SB-RBAC-005', 'high', 'Escalation'),
  'token-request': right('SB-RBAC-010', 'high', 'Escalation'),
  'secrets-create': right('SB-RBAC-010', 'high', 'Escalation'),
  certificates: right('SB-RBAC-008', 'high', 'Escalation'),
  admission: right('SB-RBAC-009', 'high', 'Escalation'),
  namespaces: right('SB-PSA-006', 'high', 'Escalation'),
  'persistent-volumes': right('SB-RBAC-004', 'medium', 'Escalation', 'WorkloadCreators'),
  'storage-classes': right('SB-RBAC-005', 'medium', 'Escalation'),
  'pod-binding': right('SB-RBAC-005', 'medium', 'Escalation'),
  'pod-status': right('SB-RBAC-005', 'medium', 'Escalation'),
  'node-log': right('SB-RBAC-005', 'medium', 'Escalation'),
  evidence: right('SB-RBAC-005', 'medium', 'Escalation'),
  'secrets-read': right('SB-RBAC-003', 'high', 'SecretReaders'),
  exec: right('SB-RBAC-006', 'high', 'PodExec'),
  'ephemeral-containers': right('SB-RBAC-006', 'high', 'PodExec'),
  'pod-proxy': right('SB-RBAC-006', 'high', 'PodExec'),
  workloads: right('SB-RBAC-004', 'medium', 'WorkloadCreators'),
};

export type GrantReason =
  | 'GrantsEverything'
  | 'GrantsWildcards'
  | 'GrantsEscalation'
  | 'GrantsSecrets'
  | 'GrantsPodExec'
  | 'GrantsWorkloads';

const REASONS: Readonly<Record<ForbiddenGrant, GrantReason>> = {
  Wildcards: 'GrantsWildcards',
  Escalation: 'GrantsEscalation',
  SecretReaders: 'GrantsSecrets',
  PodExec: 'GrantsPodExec',
  WorkloadCreators: 'GrantsWorkloads',
};

/** What is forbidden of the rights that something grants, under one word. */
export interface Hit {
  readonly reason: GrantReason;
  readonly check: string;
  readonly severity: Severity;
  /** For people: what it grants, and what its holder can do by it. */
  readonly what: string;
}

const ALL: Hit = {
  reason: 'GrantsEverything',
  check: 'SB-RBAC-001',
  severity: 'critical',
  what: 'all verbs on all resources',
};

const RANK: readonly Severity[] = ['critical', 'high', 'medium', 'low'];
const MAX_SHOWN = 4;

/** One hit for each word; who grants everything grants it whichever words there are, and that says it all. */
export function hitsOf(
  ids: readonly string[],
  words: readonly ForbiddenGrant[],
  everything: boolean = words.length > 0,
): readonly Hit[] {
  if (ids.includes(EVERYTHING) && everything) return [ALL];
  return words.flatMap((word): readonly Hit[] => {
    const rights = ids
      .flatMap((id) => {
        const known = FORBIDDEN_RIGHTS[id];
        return known?.words.includes(word) === true ? [{ id, ...known }] : [];
      })
      .sort((a, b) => RANK.indexOf(a.severity) - RANK.indexOf(b.severity));
    const [worst] = rights;
    if (worst === undefined) return [];
    const { check, severity } = worst;
    return [{ reason: REASONS[word], check, severity, what: described(rights.map(({ id }) => id)) }];
  });
}

function described(ids: readonly string[]): string {
  const shown = ids.slice(0, MAX_SHOWN).map((id) => {
    const reason = id === WILDCARDS ? 'also what does not exist yet' : REASON_OF.get(id);
    return `${id} (${reason})`;
  });
  return ids.length > MAX_SHOWN ? `${shown.join(', ')} and ${ids.length - MAX_SHOWN} more` : shown.join(', ');
}

const REASON_OF: ReadonlyMap<string, string> = new Map(ESCALATION_PATHS.map(({ id, reason }) => [id, reason]));

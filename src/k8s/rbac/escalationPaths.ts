import { CLUSTER_PATHS } from './clusterPaths.ts';
import type { EscalationPath, GrantedRight } from './escalationPath.ts';
import { opens } from './escalationPath.ts';
import { IDENTITY_PATHS } from './identityPaths.ts';
import { WORKLOAD_PATHS } from './workloadPaths.ts';

/**
 * The paths of the RBAC Good Practices page (kubernetes.io/docs/concepts/security/rbac-good-practices), and those that
 * Kubescape, Trivy, KubiScan, rbac-police and kubesplaining look for beside it. Wildcards are not here: none is proposed.
 */
export const ESCALATION_PATHS: readonly EscalationPath[] = [...IDENTITY_PATHS, ...WORKLOAD_PATHS, ...CLUSTER_PATHS];

/** The paths that a right opens. */
export const escalationsOf = (right: GrantedRight): readonly EscalationPath[] =>
  ESCALATION_PATHS.filter((path) => opens(path, right));

/** What `--approve` takes. */
export const escalationIds = (): readonly string[] => [...new Set(ESCALATION_PATHS.map(({ id }) => id))].sort();

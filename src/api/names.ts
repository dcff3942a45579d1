import type { KindInfo } from '../k8s/kind.ts';

/** Names that users write into YAML, dashboards and CI. They are contracts: DESIGN §2. */
export const GROUP = 'drawbridge.dev';
export const VERSION = 'v1alpha1';
export const API_VERSION = `${GROUP}/${VERSION}`;
export const FIELD_MANAGER = 'drawbridge';
/** Every object we own wholly is named `drawbridge-<…>`; the prefix is reserved (DESIGN §2.1). */
export const NAME_PREFIX = 'drawbridge-';
export const MANAGED_BY_LABEL = 'app.kubernetes.io/managed-by';
export const MANAGED_BY = 'drawbridge';
export const BASELINE_LABEL = 'drawbridge.dev/baseline';
export const CONTROL_LABEL = 'drawbridge.dev/control';
/** On a BaselineReport that is asked for as a dry run, to see it refused at admission. */
export const PROBE_LABEL = 'drawbridge.dev/probe';
/** Set while a baseline with `deletionPolicy: Delete` may have objects to prune. */
export const FINALIZER = 'drawbridge.dev/prune';
/** The aggregated ClusterRole that bounds what baselines may hand out (THREATS 9). */
export const GRANTABLE_ROLE = 'drawbridge-grantable';
/** One BaselineReport per governed namespace has this name. */
export const REPORT_NAME = 'drawbridge';
/** The ConfigMap in the operator's own namespace that says which audit policy is published; the policies' names begin so. */
export const AUDIT_POLICY_NAME = 'drawbridge-audit-policy';
/** The Lease in the operator's own namespace by which replicas agree who leads. */
export const LEASE_NAME = 'drawbridge';

export const SECURITY_BASELINE: KindInfo = {
  kind: 'SecurityBaseline',
  group: GROUP,
  version: VERSION,
  plural: 'securitybaselines',
  namespaced: false,
};

export const BASELINE_REPORT: KindInfo = {
  kind: 'BaselineReport',
  group: GROUP,
  version: VERSION,
  plural: 'baselinereports',
  namespaced: true,
};

export const BASELINE_WAIVER: KindInfo = {
  kind: 'BaselineWaiver',
  group: GROUP,
  version: VERSION,
  plural: 'baselinewaivers',
  namespaced: false,
};

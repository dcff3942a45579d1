import { BASELINE_REPORT, REPORT_NAME, SECURITY_BASELINE } from '../../../src/api/names.ts';
import type { KindInfo } from '../../../src/k8s/kind.ts';
import { pathOf } from '../../../src/k8s/kind.ts';

const NETWORKING: KindInfo = {
  kind: 'NetworkPolicy',
  group: 'networking.k8s.io',
  version: 'v1',
  plural: 'networkpolicies',
  namespaced: true,
};
const RBAC = { group: 'rbac.authorization.k8s.io', version: 'v1', namespaced: true } as const;
const ROLE: KindInfo = { ...RBAC, kind: 'Role', plural: 'roles' };
const ROLE_BINDING: KindInfo = { ...RBAC, kind: 'RoleBinding', plural: 'rolebindings' };

/** Paths of collections, or with a name of one object. */
export const policies = (namespace?: string, name?: string): string => pathOf(NETWORKING, namespace, name);
export const roles = (namespace?: string, name?: string): string => pathOf(ROLE, namespace, name);
export const bindings = (namespace?: string, name?: string): string => pathOf(ROLE_BINDING, namespace, name);
export const reportPath = (namespace: string): string => pathOf(BASELINE_REPORT, namespace, REPORT_NAME);
export const baselinePath = (name: string): string => pathOf(SECURITY_BASELINE, '', name);
export const namespacePath = (name: string): string => `/api/v1/namespaces/${name}`;
export const eventsPath = (namespace: string): string => `/apis/events.k8s.io/v1/namespaces/${namespace}/events`;

export const DENY = 'drawbridge-default-deny';
export const SAME_NAMESPACE = 'drawbridge-allow-same-namespace';
export const VIEWER = 'drawbridge-viewer';

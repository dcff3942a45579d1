/** A baseline that asks for the network, rights and accounts; its sections are at the lines 7, 12 and 17. */
export const BASELINE = `apiVersion: drawbridge.dev/v1alpha1
kind: SecurityBaseline
metadata: {name: restricted}
spec:
  enforcement: Enforce
  namespaceSelector: {matchLabels: {baseline: restricted}}
  network:
    defaultDeny: [Ingress, Egress]
    allow:
      dns: {to: [{ipBlock: {cidr: 10.0.0.10/32}}], ports: [{port: 53, protocol: UDP}]}
      sameNamespace: [Ingress]
  rbac:
    roles: [{name: viewer, rules: [{apiGroups: [""], resources: [pods], verbs: [get]}]}]
    roleBindings:
    - {name: viewers, roleRef: {kind: Role, name: viewer},
      subjects: [{kind: Group, name: team-$(namespace.labels.team)}]}
  serviceAccounts: {defaultToken: Disabled}
`;

/** What may be handed out. */
export const GRANTABLE = `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: drawbridge-grantable}
aggregationRule: {clusterRoleSelectors: [{matchLabels: {drawbridge.dev/grantable: "true"}}]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: some, labels: {drawbridge.dev/grantable: "true"}}
rules: [{apiGroups: [""], resources: [pods], verbs: [get, list]}]
`;

export const NAMESPACE = `apiVersion: v1
kind: Namespace
metadata:
  name: payments
  labels: {baseline: restricted, team: pay}
`;

/** Three lines that open what a baseline closes. */
export const OPEN_POLICY = `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: open, namespace: payments}
spec: {podSelector: {}, ingress: [{}]}
`;

/** Exempts what opens: for an hour from NOW. */
export const waiverOf = (
  control: string,
  more = '',
  expiresAt = '2026-11-30T13:00:00Z',
): string => `apiVersion: drawbridge.dev/v1alpha1
kind: BaselineWaiver
metadata: {name: legacy}
spec:
  namespaces: [payments]
  controls: [${control}]
  reason: it moves into the mesh
  approvedBy: security@example.com
  expiresAt: "${expiresAt}"
  ${more}
`;

/** Of a namespace in which nothing is wrong. */
export const GOOD: Readonly<Record<string, string>> = {
  'baseline.yaml': BASELINE,
  'grantable.yaml': GRANTABLE,
  'namespace.yaml': NAMESPACE,
};

/** The same files in a directory. */
export const below = (directory: string, files: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(files).map(([name, text]) => [`${directory}/${name}`, text]));

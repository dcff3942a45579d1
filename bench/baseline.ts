/** The baseline of the benchmarks: what a careful team would write. */
export const BASELINE = {
  apiVersion: 'drawbridge.dev/v1alpha1',
  kind: 'SecurityBaseline',
  metadata: { name: 'bench' },
  spec: {
    enforcement: 'Enforce',
    namespaceSelector: { matchLabels: { bench: 'held' } },
    network: {
      defaultDeny: ['Ingress', 'Egress'],
      allow: {
        apiServer: {},
        sameNamespace: ['Ingress', 'Egress'],
        rules: [
          {
            name: 'from-ingress',
            podSelector: { matchLabels: { app: 'web' } },
            ingress: [
              {
                from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'ingress-nginx' } } }],
                ports: [{ port: 8080 }],
              },
            ],
          },
        ],
      },
      blockedCidrs: ['169.254.169.254/32'],
    },
    rbac: {
      roles: [
        {
          name: 'viewer',
          rules: [{ apiGroups: [''], resources: ['pods', 'services'], verbs: ['get', 'list', 'watch'] }],
        },
      ],
      roleBindings: [
        { name: 'viewers', roleRef: { kind: 'Role', name: 'viewer' }, subjects: [{ kind: 'Group', name: 'viewers' }] },
      ],
    },
  },
};

/** Four policies, a Role and a RoleBinding. */
export const OBJECTS_PER_NAMESPACE = 6;

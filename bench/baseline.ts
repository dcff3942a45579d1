/** The baseline of the benchmarks, what a careful team would write; `port` is what an edit changes. */
export const baselineWith = (port: number) => ({
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
                ports: [{ port }],
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
});

export const BASELINE = baselineWith(8080);
/** The edit: one of the four policies of each namespace changes. */
export const EDITED_BASELINE = baselineWith(8081);
export const EDITED_RULE = 'from-ingress';

/** Four policies, a Role and a RoleBinding. */
export const OBJECTS_PER_NAMESPACE = 6;

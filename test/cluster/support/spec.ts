import type { AnyObject, NewObject } from '../../support/kubeAdmin.ts';
import type { World } from '../../support/world.ts';

export type Fields = Readonly<Record<string, unknown>>;

/** The label by which the baselines of these tests select: one value for each baseline. */
export const LABEL = 'baseline';

const VIEWER_RULES = [
  { apiGroups: [''], resources: ['pods', 'services'], verbs: ['get', 'list', 'watch'] },
  { apiGroups: ['apps'], resources: ['deployments'], verbs: ['get', 'list'] },
];
const METADATA_SERVICE = '169.254.169.254/32';

/** Everything that a baseline of this version can declare. */
export const FULL_NETWORK: Fields = {
  defaultDeny: ['Ingress', 'Egress'],
  allow: {
    dns: {},
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
      {
        name: 'to-internet',
        podSelector: { matchLabels: {} },
        egress: [{ to: [{ ipBlock: { cidr: '0.0.0.0/0', except: ['10.0.0.0/8'] } }], ports: [{ port: 443 }] }],
      },
    ],
  },
  blockedCidrs: [METADATA_SERVICE],
};

export const FULL_RBAC: Fields = {
  roles: [{ name: 'viewer', rules: VIEWER_RULES }],
  roleBindings: [
    {
      name: 'viewers',
      roleRef: { kind: 'Role', name: 'viewer' },
      subjects: [
        { kind: 'Group', name: 'team-$(namespace.name)' },
        { kind: 'ServiceAccount', name: 'dashboard' },
      ],
    },
  ],
};

/** Only the deny, in one direction or both. */
export const denyOnly = (fields: Fields = {}): Fields => ({
  network: { defaultDeny: ['Ingress', 'Egress'], ...fields },
});

export const baselineOf = (name: string, sections: Fields): NewObject => ({
  apiVersion: 'drawbridge.dev/v1alpha1',
  kind: 'SecurityBaseline',
  metadata: { name },
  spec: { enforcement: 'Enforce', namespaceSelector: { matchLabels: { [LABEL]: name } }, ...sections },
});

/** Creates a baseline that selects the namespaces labelled with its name. */
export const declare = (world: World, name: string, sections: Fields): Promise<AnyObject> =>
  world.admin.create(baselineOf(name, sections));

export const fullBaseline = (name: string): NewObject => baselineOf(name, { network: FULL_NETWORK, rbac: FULL_RBAC });

/** What the API server must hold of the full baseline, by name; written out, so that no code of ours decides it. */
export function fullPolicies(apiServerPort: number): Readonly<Record<string, Fields>> {
  const both = ['Ingress', 'Egress'];
  const host = (address: string) => ({ ipBlock: { cidr: `${address}/32` } });
  return {
    'drawbridge-default-deny': { podSelector: {}, policyTypes: both },
    'drawbridge-allow-same-namespace': {
      podSelector: {},
      policyTypes: both,
      ingress: [{ from: [{ podSelector: {} }] }],
      egress: [{ to: [{ podSelector: {} }] }],
    },
    'drawbridge-allow-dns': {
      podSelector: {},
      policyTypes: ['Egress'],
      egress: [
        {
          to: [
            {
              namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } },
              podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
            },
            host(DNS_ADDRESS),
          ],
          ports: [
            { protocol: 'UDP', port: 53 },
            { protocol: 'TCP', port: 53 },
          ],
        },
      ],
    },
    'drawbridge-allow-api-server': {
      podSelector: {},
      policyTypes: ['Egress'],
      egress: [
        {
          to: [host('10.96.0.1'), host('192.0.2.10')],
          ports: [443, apiServerPort].map((port) => ({ protocol: 'TCP', port })),
        },
      ],
    },
    'drawbridge-rule-from-ingress': {
      podSelector: { matchLabels: { app: 'web' } },
      policyTypes: ['Ingress'],
      ingress: [
        {
          from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'ingress-nginx' } } }],
          ports: [{ protocol: 'TCP', port: 8080 }],
        },
      ],
    },
    'drawbridge-rule-to-internet': {
      podSelector: {},
      policyTypes: ['Egress'],
      egress: [
        {
          to: [{ ipBlock: { cidr: '0.0.0.0/0', except: ['10.0.0.0/8', METADATA_SERVICE] } }],
          ports: [{ protocol: 'TCP', port: 443 }],
        },
      ],
    },
  };
}

export const fullRole: Fields = { rules: VIEWER_RULES };

export const fullBinding = (namespace: string): Fields => ({
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'drawbridge-viewer' },
  subjects: [
    { kind: 'Group', apiGroup: 'rbac.authorization.k8s.io', name: `team-${namespace}` },
    { kind: 'ServiceAccount', name: 'dashboard', namespace },
  ],
});

const DNS_ADDRESS = '10.96.0.10';

/** The cluster DNS as kubeadm makes it; a bare control plane has none. */
export const makeDns = (world: Pick<World, 'admin'>): Promise<AnyObject> =>
  world.admin.create({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'kube-dns', namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } },
    spec: {
      clusterIP: DNS_ADDRESS,
      selector: { 'k8s-app': 'kube-dns' },
      ports: [
        { name: 'dns', protocol: 'UDP', port: 53 },
        { name: 'dns-tcp', protocol: 'TCP', port: 53 },
      ],
    },
  });

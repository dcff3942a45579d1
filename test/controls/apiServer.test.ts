import { expect } from 'chai';
import type { NetworkSpec, RbacSpec, ResourcesSpec } from '../../src/api/types.ts';
import { controls } from '../../src/controls/index.ts';
import type { Wanted } from '../../src/core/control/control.ts';
import { factsOf } from '../../src/core/facts/factsOf.ts';
import { KINDS, kindRow } from '../../src/core/kinds/kinds.ts';
import { contentOf } from '../../src/core/kinds/projectOwn.ts';
import { apiVersionOf, pathOf } from '../../src/k8s/kind.ts';
import type { KubeObject } from '../../src/k8s/object.ts';
import { projectedIndex } from '../core/projectedIndex.ts';
import type { KubeAdmin } from '../support/kubeAdmin.ts';
import { kubeAdmin } from '../support/kubeAdmin.ts';
import { useSharedControlPlane } from '../support/sharedControlPlane.ts';
import { viewWith } from './fixtures.ts';

const NAMESPACE = 'controls-on-a-real-server';

const NETWORK: NetworkSpec = {
  defaultDeny: ['Ingress', 'Egress'],
  blockedCidrs: ['169.254.169.254/32', 'fd00:ec2::254/128'],
  allow: {
    dns: {},
    apiServer: {},
    sameNamespace: ['Ingress', 'Egress'],
    rules: [
      {
        name: 'everything-there-is',
        podSelector: { matchLabels: {}, matchExpressions: [{ key: 'app', operator: 'Exists', values: [] }] },
        ingress: [
          {
            from: [
              { namespaceSelector: { matchLabels: { team: 'a' } }, podSelector: { matchLabels: {} } },
              { ipBlock: { cidr: '10.1.2.3/8', except: ['10.2.0.1/16', '10.2.3.0/24'] } },
            ],
            ports: [{ port: 'http' }, { protocol: 'SCTP' }, { protocol: 'UDP', port: 1, endPort: 9 }],
          },
        ],
        egress: [{ to: [], ports: [{ port: 443 }] }],
      },
      { name: 'closed', podSelector: { matchLabels: { app: 'vault' } }, ingress: [], egress: [] },
      {
        name: 'blocked',
        podSelector: { matchLabels: {} },
        egress: [{ to: [{ ipBlock: { cidr: '169.254.169.254/32' } }], ports: [] }],
      },
      { name: 'open', podSelector: { matchLabels: {} }, ingress: [{ from: [], ports: [] }] },
    ],
  },
};

const RBAC: RbacSpec = {
  roles: [
    { name: 'viewer', rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'], resourceNames: ['a'] }] },
    { name: 'empty', rules: [{ apiGroups: [''], resources: ['secrets'], verbs: ['get'] }] },
  ],
  roleBindings: [
    {
      name: 'viewers',
      roleRef: { kind: 'Role', name: 'viewer' },
      subjects: [
        { kind: 'Group', name: 'team-$(namespace.name)' },
        { kind: 'User', name: 'jane' },
        { kind: 'ServiceAccount', name: 'ci' },
      ],
    },
    { name: 'view', roleRef: { kind: 'ClusterRole', name: 'view' }, subjects: [{ kind: 'User', name: 'jane' }] },
  ],
};

const RESOURCES: ResourcesSpec = {
  quota: { hard: { pods: '1000', 'requests.cpu': '0.5', 'limits.memory': '1024Mi', 'count/secrets': '0' } },
  limitRange: {
    limits: [
      { type: 'Container', default: { memory: '256Mi' }, max: { cpu: '2', memory: '2048Mi' }, min: { cpu: '10m' } },
      { type: 'Pod', max: { cpu: '4.0' }, min: {} },
    ],
  },
};

describe('what the API server makes of the objects of controls', () => {
  const controlPlane = useSharedControlPlane();
  let admin: KubeAdmin;

  before(async () => {
    admin = kubeAdmin(controlPlane().kubeconfig);
    await admin.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } });
  });
  after(async () => {
    await admin?.delete(`/api/v1/namespaces/${NAMESPACE}`);
    await admin?.close();
  });

  it('stores each as it was sent: nothing defaulted, nothing dropped', async () => {
    const specs: Readonly<Record<string, unknown>> = {
      network: NETWORK,
      rbac: RBAC,
      resources: RESOURCES,
      serviceAccounts: {},
      podSecurity: {},
    };
    const view = viewWith({ namespace: NAMESPACE });
    const wanted = controls
      .flatMap((control) => control.build(specs[control.section] as never, view).wanted)
      .filter(({ partial }) => partial !== true);
    expect(wanted).to.have.lengthOf(14);
    for (const object of wanted)
      expect(await stored(object), object.name).to.deep.equal(withoutEmptyLists(object.body));
  });

  it('lets itself be asked for what each kind is watched for', async () => {
    for (const row of KINDS.filter(({ group }) => group !== 'drawbridge.dev')) {
      const query = {
        ...(row.labelSelector === undefined ? {} : { labelSelector: row.labelSelector }),
        ...(row.fieldSelector === undefined ? {} : { fieldSelector: row.fieldSelector }),
      };
      expect((await admin.request('GET', pathOf(row), undefined, { query })).status, row.kind).to.equal(200);
    }
  });

  it('says itself where it is reached', async () => {
    const objects: KubeObject[] = [];
    for (const kind of ['Service', 'EndpointSlice']) {
      const row = kindRow(kind);
      const query = row.labelSelector === undefined ? {} : { labelSelector: row.labelSelector };
      const items = await admin.list(pathOf(row), query);
      objects.push(...items.map((item) => ({ ...item, apiVersion: apiVersionOf(row), kind }) as unknown as KubeObject));
    }
    const { apiServer } = factsOf(projectedIndex(objects), undefined, undefined);
    if (!apiServer.known) throw new Error(apiServer.why);
    expect(apiServer.value.destinations).to.have.lengthOf(1);
    const [{ addresses, ports } = { addresses: [], ports: [] }] = apiServer.value.destinations;
    expect(addresses).to.have.lengthOf(2);
    expect(ports).to.include(443).and.to.have.lengthOf(2);
  });

  async function stored({ kind, name, body }: Wanted): Promise<unknown> {
    const row = kindRow(kind);
    const object = { apiVersion: apiVersionOf(row), kind, metadata: { name, namespace: NAMESPACE }, ...body };
    const options = { query: { fieldValidation: 'Strict' } };
    const response = await admin.request('POST', pathOf(row, NAMESPACE), object, options);
    expect(response.status, `${name}: ${JSON.stringify(response.body)}`).to.equal(201);
    return withoutEmptyLists(contentOf((await admin.get(pathOf(row, NAMESPACE, name))) as unknown as KubeObject));
  }
});

/** To the engine `null`, absent and `[]` are equal (DESIGN §3, Diff). */
function withoutEmptyLists(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmptyLists);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([, item]) => item !== null && !(Array.isArray(item) && item.length === 0));
  return Object.fromEntries(kept.map(([key, item]) => [key, withoutEmptyLists(item)]));
}

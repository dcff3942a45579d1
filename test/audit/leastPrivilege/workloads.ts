/** One request of a workload. */
export interface Call {
  /** A ServiceAccount, `namespace/name`. */
  readonly who: string;
  readonly method: string;
  /** `POD` stands for the last pod that this account made, whose name the server chose; in the body too. */
  readonly path: string;
  readonly body?: object;
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export const CORE = '/api/v1/namespaces';
const APPS = '/apis/apps/v1/namespaces';
const LEASES = '/apis/coordination.k8s.io/v1/namespaces';
export const RBAC = '/apis/rbac.authorization.k8s.io/v1';
export const MERGE = 'application/merge-patch+json';
const APPLY = 'application/apply-patch+yaml';
/** As `kubectl exec` asks for it since 1.31. */
export const UPGRADE = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': 'AQIDBAUGBwgJCgsMDQ4PEA==',
  'sec-websocket-protocol': 'v5.channel.k8s.io',
};
export const LABELS = { metadata: { labels: { seen: 'yes' } } };

const template = {
  metadata: { labels: { app: 'web' } },
  spec: { containers: [{ name: 'web', image: 'registry.invalid/web' }] },
};
export const pod = (metadata: object) => ({ metadata, spec: { serviceAccountName: 'robot', ...template.spec } });
export const named = (name: string, more: object = {}) => ({ metadata: { name, ...more } });
const lease = (holderIdentity: string) => ({
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  ...named('leader'),
  spec: { holderIdentity },
});
const applied = { apiVersion: 'v1', kind: 'ConfigMap', ...named('applied'), data: { a: 'b' } };
const times = (count: number, call: Call): readonly Call[] => Array.from({ length: count }, () => call);

/** Applies what it owns, again and again. */
export function deployer(who: string): readonly Call[] {
  const maps = `${CORE}/shop/configmaps`;
  const deployments = `${APPS}/shop/deployments`;
  const spec = { replicas: 1, selector: { matchLabels: { app: 'web' } }, template };
  const apply = {
    who,
    method: 'PATCH',
    path: `${maps}/applied?fieldManager=deployer&force=true`,
    body: applied,
    contentType: APPLY,
  };
  return [
    { who, method: 'POST', path: maps, body: named('settings', { labels: { seen: 'no' } }) },
    { who, method: 'POST', path: maps, body: named('settings') },
    { who, method: 'GET', path: `${maps}/settings` },
    { who, method: 'PUT', path: `${maps}/settings`, body: { ...named('settings'), data: { a: 'b' } } },
    ...times(2, { who, method: 'PATCH', path: `${maps}/settings`, body: LABELS, contentType: MERGE }),
    ...times(3, apply),
    { who, method: 'DELETE', path: `${maps}/applied` },
    { who, method: 'POST', path: deployments, body: { ...named('web'), spec } },
    { who, method: 'POST', path: deployments, body: named('wrong') },
    { who, method: 'GET', path: `${deployments}/web/scale` },
    { who, method: 'PATCH', path: `${deployments}/web/scale`, body: { spec: { replicas: 2 } }, contentType: MERGE },
    { who, method: 'PATCH', path: `${deployments}/web/status`, body: LABELS, contentType: MERGE },
    { who, method: 'DELETE', path: `${deployments}/web` },
    { who, method: 'POST', path: `${CORE}/bank/configmaps`, body: named('elsewhere') },
  ];
}

/** Reads, here and everywhere, and paths that are no resources. */
export function watcher(who: string): readonly Call[] {
  const paths = [
    `${CORE}/shop/pods`,
    `${CORE}/shop/pods?watch=true&timeoutSeconds=1`,
    '/api/v1/pods?limit=1',
    '/api/v1/services?watch=true&timeoutSeconds=1',
    `${CORE}/shop/services`,
    `${CORE}/shop/configmaps?fieldSelector=metadata.name%3Dsettings`,
    `${CORE}/shop/configmaps?watch=1&timeoutSeconds=1&fieldSelector=metadata.name%3Dsettings`,
    CORE,
    `${CORE}/shop`,
    '/api/v1/nodes',
    '/api/v1/nodes/n1',
    '/metrics',
    '/version',
    '/openapi/v3',
    '/apis/apps/v1',
    '/healthz/ping',
    '/logs/a%20b',
  ];
  return paths.map((path) => ({ who, method: 'GET', path }));
}

/** Makes and removes pods, and leads by a Lease. */
export function controller(who: string): readonly Call[] {
  const pods = `${CORE}/shop/pods`;
  const leases = `${LEASES}/shop/leases`;
  const make = { who, method: 'POST', path: pods, body: pod({ generateName: 'work-', labels: { app: 'work' } }) };
  const evict = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'POD' } };
  const status = { who, method: 'PATCH', path: `${pods}/POD/status`, body: LABELS, contentType: MERGE };
  return [
    ...times(3, make),
    { who, method: 'GET', path: `${pods}/POD` },
    { who, method: 'GET', path: `${pods}/POD/log` },
    status,
    { who, method: 'POST', path: `${pods}/POD/eviction`, body: evict },
    make,
    { who, method: 'DELETE', path: `${pods}/POD` },
    { who, method: 'DELETE', path: `${pods}?labelSelector=app%3Dwork` },
    { who, method: 'GET', path: `${pods}/fixed/exec?command=ls`, headers: UPGRADE },
    { who, method: 'POST', path: `${pods}/fixed/attach` },
    { who, method: 'POST', path: `${CORE}/shop/serviceaccounts/robot/token`, body: { spec: {} } },
    { who, method: 'GET', path: `${CORE}/shop/secrets/db` },
    { who, method: 'GET', path: `${CORE}/bank/secrets` },
    { who, method: 'POST', path: leases, body: lease('one') },
    ...times(3, { who, method: 'GET', path: `${leases}/leader` }),
    ...times(4, { who, method: 'PUT', path: `${leases}/leader`, body: lease('two') }),
    { who, method: 'GET', path: `${LEASES}/shop/leases/other` },
  ];
}

import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import type { AuditEvent } from '../../../src/audit/event.ts';
import { readEvent } from '../../../src/audit/event.ts';
import type { ControlPlane } from '../../support/controlPlane/controlPlane.ts';
import { eventually } from '../../support/eventually.ts';
import { readKubeconfig } from '../../support/kubeAdmin/kubeconfig.ts';
import type { KubeAdmin, NewObject } from '../../support/kubeAdmin.ts';
import { ACCOUNTS, LIMITED } from './script.ts';
import type { Call } from './workloads.ts';

const RBAC = 'rbac.authorization.k8s.io';
/** What becomes of an account's name for the one with the narrow rights. */
export const narrow = (account: string): string => `${account}-narrow`;
export const userOf = (account: string): string => `system:serviceaccount:${account.replace('/', ':')}`;
const split = (account: string) => {
  const [namespace = '', name = ''] = account.split('/');
  return { namespace, name };
};

/** Namespaces, two accounts for each one of the script, and wide rights for the first of them. */
export async function createAccounts(admin: KubeAdmin): Promise<void> {
  for (const name of ['shop', 'bank']) await admin.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  const robots = ['shop/robot', 'bank/robot'];
  for (const account of [...robots, ...ACCOUNTS, ...ACCOUNTS.map(narrow)]) {
    await admin.create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: split(account) });
  }
  const all = { apiGroups: ['*'], resources: ['*'], verbs: ['*'] };
  await admin.create({
    apiVersion: `${RBAC}/v1`,
    kind: 'Role',
    metadata: { namespace: 'bank', name: 'everything' },
    rules: [all],
  });
  const subjects = (accounts: readonly string[]) =>
    accounts.map((account) => ({ kind: 'ServiceAccount', ...split(account) }));
  await admin.create({
    apiVersion: `${RBAC}/v1`,
    kind: 'RoleBinding',
    metadata: { namespace: 'bank', name: 'limited' },
    roleRef: { apiGroup: RBAC, kind: 'Role', name: 'everything' },
    subjects: subjects([LIMITED]),
  });
  await admin.create({
    apiVersion: `${RBAC}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: { name: 'wide' },
    roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: 'cluster-admin' },
    subjects: subjects(ACCOUNTS.filter((account) => account !== LIMITED)),
  });
}

const FIXTURES: readonly NewObject[] = [
  { apiVersion: 'v1', kind: 'Secret', metadata: { namespace: 'shop', name: 'db' } },
  {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace: 'shop', name: 'fixed' },
    spec: { serviceAccountName: 'robot', containers: [{ name: 'a', image: 'registry.invalid/a' }] },
  },
  {
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: { namespace: 'bank', name: 'none' },
    spec: { hard: { pods: '0' } },
  },
];

/** What the script finds when it begins. */
export async function resetObjects(admin: KubeAdmin): Promise<void> {
  const made = ['configmaps', 'pods', 'secrets', 'resourcequotas'].flatMap((plural) =>
    ['shop', 'bank'].map((namespace) => `/api/v1/namespaces/${namespace}/${plural}`),
  );
  const more = [
    '/apis/apps/v1/namespaces/shop/deployments',
    '/apis/coordination.k8s.io/v1/namespaces/shop/leases',
    '/apis/rbac.authorization.k8s.io/v1/clusterroles/empty',
  ];
  for (const path of [...made, ...more]) await admin.delete(path, { gracePeriodSeconds: 0 });
  for (const object of FIXTURES) await admin.create(object);
  // No controller counts here; without a status nothing is limited.
  const status = { status: { hard: { pods: '0' }, used: { pods: '0' } } };
  await admin.patch('/api/v1/namespaces/bank/resourcequotas/none/status', status);
  await eventually(async () => {
    const pod = { metadata: { name: 'probe' }, spec: FIXTURES[1]?.spec };
    const options = { query: { dryRun: 'All' } };
    const answer = await admin.request('POST', '/api/v1/namespaces/bank/pods', pod, options);
    if (answer.status !== 403) throw new Error(`the quota is not known yet: ${answer.status}`);
  });
}

/** Plays calls one after another, each as its account with a real token. @returns the status of each */
export async function play(
  controlPlane: ControlPlane,
  calls: readonly Call[],
  rename: (account: string) => string = (account) => account,
): Promise<readonly number[]> {
  const tokens = new Map<string, string>();
  const pods = new Map<string, string>();
  const statuses: number[] = [];
  for (const call of calls) {
    const who = rename(call.who);
    const token = tokens.get(who) ?? (await tokenOf(controlPlane, who));
    tokens.set(who, token);
    const text = JSON.stringify(call).replaceAll('POD', pods.get(who) ?? 'POD');
    const { status, body } = await send(controlPlane, { ...(JSON.parse(text) as Call), token });
    const made = call.method === 'POST' && status === 201 ? /"name":"(work-[a-z0-9]+)"/.exec(body)?.[1] : undefined;
    if (made !== undefined) pods.set(who, made);
    statuses.push(status);
  }
  return statuses;
}

async function tokenOf(controlPlane: ControlPlane, account: string): Promise<string> {
  const { namespace, name } = split(account);
  return readKubeconfig(await controlPlane.serviceAccountKubeconfig(namespace, name)).token ?? '';
}

type Sent = Call & { readonly token: string };

function send(
  { url, caPem }: ControlPlane,
  { method, path, body, contentType = 'application/json', headers, token }: Sent,
): Promise<{ readonly status: number; readonly body: string }> {
  const all = { authorization: `Bearer ${token}`, 'content-type': contentType, ...headers };
  return new Promise((resolve, reject) => {
    const sent = request(new URL(path, url), { method, headers: all, ca: caPem }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      answer.on('error', reject).on('end', () => resolve({ status: answer.statusCode ?? 0, body: text }));
    });
    sent.on('upgrade', (answer, socket) => {
      socket.destroy();
      resolve({ status: answer.statusCode ?? 0, body: '' });
    });
    sent.on('error', reject).end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/** The events in a log from a byte on. */
export const eventsIn = (path: string, from = 0): readonly AuditEvent[] =>
  readFileSync(path)
    .subarray(from)
    .toString('utf8')
    .split('\n')
    .flatMap((line) => (line === '' ? [] : [readEvent(JSON.parse(line))]))
    .filter((event) => event !== undefined);

import { setTimeout as sleep } from 'node:timers/promises';
import type { AnyObject, KubeAdmin } from '../../test/support/kubeAdmin.ts';
import type { World } from '../../test/support/world.ts';

/** One thing that goes wrong in a real cluster, done by a real client. */
export interface Attack {
  readonly what: string;
  /** The object that must come back as it was. */
  readonly path: string;
  run(client: KubeAdmin): Promise<unknown>;
}

const NET = '/apis/networking.k8s.io/v1/namespaces/payments/networkpolicies';
const RBAC = '/apis/rbac.authorization.k8s.io/v1/namespaces/payments';
const DENY = `${NET}/drawbridge-default-deny`;
const ROLE = `${RBAC}/roles/drawbridge-viewer`;

async function edit(client: KubeAdmin, path: string, fieldManager: string, body: unknown): Promise<void> {
  const options = { contentType: 'application/merge-patch+json', query: { fieldManager } };
  const { status, body: answer } = await client.request('PATCH', path, body, options);
  if (status >= 300) throw new Error(`${status} ${path}: ${JSON.stringify(answer)}`);
}

/** `binding` is the path of the RoleBinding, whose name carries a hash. */
export const attacksOn = (binding: string): readonly Attack[] => [
  { what: 'delete the default deny', path: DENY, run: (client) => client.delete(DENY) },
  {
    what: 'open it: ingress: [{}]',
    path: DENY,
    run: (client) => edit(client, DENY, 'kubectl-edit', { spec: { ingress: [{}] } }),
  },
  {
    what: 'narrow it to pods nobody runs',
    path: DENY,
    run: (client) => edit(client, DENY, 'kubectl-edit', { spec: { podSelector: { matchLabels: { app: 'none' } } } }),
  },
  {
    what: 'strip its labels, then open it',
    path: DENY,
    run: (client) => edit(client, DENY, 'sneaky-script', { metadata: { labels: null }, spec: { egress: [{}] } }),
  },
  {
    what: 'hand it to the garbage collector',
    path: DENY,
    run: (client) =>
      edit(client, DENY, 'sneaky-script', {
        metadata: { ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'gone', uid: 'no-such-uid' }] },
      }),
  },
  {
    what: 'widen the Role: delete pods',
    path: ROLE,
    run: (client) =>
      edit(client, ROLE, 'helm', {
        rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch', 'delete'] }],
      }),
  },
  {
    what: 'add a subject to the binding',
    path: binding,
    run: (client) =>
      edit(client, binding, 'helm', {
        subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'mallory' }],
      }),
  },
];

export interface Repair {
  readonly ms: number;
  readonly fields: string;
  readonly manager: string;
}

/** Carries out an attack and waits for the operator's own account of the repair: its log line. */
export async function attack(
  world: World,
  client: KubeAdmin,
  { path, run }: Attack,
  wanted: AnyObject,
): Promise<Repair> {
  const seen = world.operator().lines().length;
  await run(client);
  for (let waitedMs = 0; waitedMs < 5_000; waitedMs += 5) {
    const line = world
      .operator()
      .lines()
      .slice(seen)
      .find(({ message }) => message === 'drift repaired');
    if (line !== undefined) {
      await mustEqual(world.admin, path, wanted);
      const fields = Array.isArray(line.fields) && line.fields.length > 0 ? line.fields.join(' ') : String(line.change);
      return { ms: Number(line.ms), fields, manager: line.manager === '' ? '–' : String(line.manager) };
    }
    await sleep(5);
  }
  throw new Error(`${path} was not put right within five seconds`);
}

/** A demo that does not look is no demo: the object must be what it was, whatever the log says. */
async function mustEqual(admin: KubeAdmin, path: string, wanted: AnyObject): Promise<void> {
  const live = await admin.get(path);
  const essence = ({ metadata, ...rest }: AnyObject): string =>
    JSON.stringify([rest.spec, rest.rules, rest.subjects, rest.roleRef, metadata.labels, metadata.ownerReferences]);
  if (essence(live) !== essence(wanted)) throw new Error(`${path} is not what it was: ${essence(live)}`);
}

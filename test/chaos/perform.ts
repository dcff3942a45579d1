import { setTimeout as sleep } from 'node:timers/promises';
import type { Attack, Target } from '../cluster/support/attacks.ts';
import { ALLOW_ALL, ATTACKS, deleteButStay } from '../cluster/support/attacks.ts';
import {
  baselinePath,
  bindings,
  namespacePath,
  policies,
  roles,
  SAME_NAMESPACE,
  VIEWER,
} from '../cluster/support/paths.ts';
import { tamperingWith } from '../cluster/support/tenant.ts';
import type { NewObject } from '../support/kubeAdmin.ts';
import { STAY } from './clientDeeds.ts';
import { DENY } from './duty.ts';
import type { Replicas } from './replicas.ts';
import { baselineObject, specOf } from './shape.ts';
import type { Stage } from './stage.ts';
import { lookalike } from './stage.ts';
import type { Deed, Planted, When } from './step.ts';

/** What became of a deed that was possible; `noted`: the uids of what was annotated. */
export interface Performed {
  readonly outcome: string;
  readonly noted?: readonly string[];
}

const DONE: Performed = { outcome: 'done' };
const NOTHING_THERE: Performed = { outcome: 'nothing there' };

/** Does it, and resolves when it is over. Refusals of the API server are thrown. */
export async function perform(deed: Deed, stage: Stage, replicas: Replicas): Promise<Performed> {
  const { admin, proxy, persistent } = stage;
  switch (deed.do) {
    case 'tamper':
      return persistent(() => tamper(deed, stage, replicas));
    case 'annotate':
      return persistent(() => annotate(deed.namespace, deed.note, stage));
    case 'plant':
      await persistent(() => admin.create(PLANTS[deed.policy](deed.namespace, deed.name)));
      return DONE;
    case 'uproot':
      await persistent(() => admin.delete(policies(deed.namespace, deed.name)));
      return DONE;
    case 'createNamespace':
      await persistent(() => admin.create(namespaceObject(deed.namespace, deed.labels)));
      return DONE;
    case 'deleteNamespace':
      await persistent(() => admin.delete(namespacePath(deed.namespace)));
      return DONE;
    case 'relabel':
      await persistent(() => admin.patch(namespacePath(deed.namespace), { metadata: { labels: deed.labels } }));
      return DONE;
    case 'createBaseline':
      await persistent(() => admin.create(baselineObject(deed.baseline, deed.shape)));
      return DONE;
    case 'editBaseline':
      await persistent(() => admin.patch(`${baselinePath(deed.baseline)}`, REPLACED(specOf(deed.shape)), JSON_PATCH));
      return DONE;
    case 'deleteBaseline':
      await persistent(() => admin.delete(baselinePath(deed.baseline)));
      return DONE;
    case 'fault': {
      const injected = proxy.inject(deed.rule);
      await sleep(deed.forMs);
      await injected.lift();
      return DONE;
    }
    case 'kill':
      await untilMoment(deed.when, stage);
      return ended(replicas.kill(deed.whom, deed.downMs));
    case 'terminate':
      return ended(replicas.terminate(deed.whom, deed.downMs));
    case 'freeze':
      return ended(replicas.freeze(deed.whom, deed.forMs));
    case 'killApiServer':
      await untilMoment(deed.when, stage);
      return ended(stage.killApiServer(deed.downMs));
  }
}

const JSON_PATCH = 'application/json-patch+json';
/** A merge patch would leave what is absent. */
const REPLACED = (spec: unknown) => [{ op: 'replace', path: '/spec', value: spec }];

const ended = async (over: Promise<void> | undefined): Promise<Performed> => {
  if (over === undefined) return NOTHING_THERE;
  await over;
  return DONE;
};

export const namespaceObject = (name: string, labels: Readonly<Record<string, string>>): NewObject => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, labels },
});

const policy = (namespace: string, name: string, spec: unknown): NewObject => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name, namespace },
  spec,
});

const PLANTS: Readonly<Record<Planted, (namespace: string, name: string) => NewObject>> = {
  harmless: (namespace, name) =>
    policy(namespace, name, {
      podSelector: { matchLabels: { app: 'web' } },
      ingress: [{ from: [{ podSelector: { matchLabels: { app: 'client' } } }] }],
    }),
  open: (namespace, name) => policy(namespace, name, ALLOW_ALL),
  reserved: (namespace, name) => policy(namespace, name, ALLOW_ALL),
  ours: lookalike,
};

/** Waits for the next write that the operator sends, if that is meant; a scenario does not wait for ever. */
async function untilMoment(when: When, { proxy }: Stage): Promise<void> {
  if (when === 'now') return;
  const sinceMs = performance.now();
  const isWrite = ({ verb, resource }: { readonly verb: string; readonly resource: string }): boolean =>
    WRITES.has(verb) && resource !== 'leases';
  while (performance.now() - sinceMs < WRITE_WITHIN_MS && !proxy.requests(sinceMs).some(isWrite)) await sleep(1);
}

const WRITES: ReadonlySet<string> = new Set(['create', 'update', 'patch', 'delete']);
const WRITE_WITHIN_MS = 2_000;

async function tamper(
  { attack, namespace }: Deed & { readonly do: 'tamper' },
  stage: Stage,
  replicas: Replicas,
): Promise<Performed> {
  const known = ATTACKS.find(({ name }) => name === attack);
  const target = await targetOf(known?.on ?? 'deny', namespace, stage, replicas);
  if (target === undefined) return NOTHING_THERE;
  if (attack === STAY) await target.faster(() => deleteButStay(target));
  else await known?.act(target);
  return DONE;
}

async function targetOf(
  on: Attack['on'],
  namespace: string,
  { admin }: Stage,
  replicas: Replicas,
): Promise<Target | undefined> {
  const collection = { deny: policies, sameNamespace: policies, role: roles, binding: bindings }[on](namespace);
  const name = { deny: DENY, sameNamespace: SAME_NAMESPACE, role: VIEWER, binding: 'drawbridge-viewers' }[on];
  const object = (await admin.list(collection)).find(({ metadata }) => metadata.name.startsWith(name));
  if (object === undefined) return undefined;
  // As in tampering.test.ts, but with more rights than a tenant has: whose they are makes no difference here.
  const hands = tamperingWith(admin);
  return {
    namespace,
    collection,
    path: `${collection}/${object.metadata.name}`,
    // The items of a list do not say what they are.
    object: { ...object, ...KINDS[on] },
    tenant: hands,
    admin: hands,
    faster: replicas.paused,
  };
}

const POLICY = { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy' };
const KINDS: Readonly<Record<Attack['on'], { readonly apiVersion: string; readonly kind: string }>> = {
  deny: POLICY,
  sameNamespace: POLICY,
  role: { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role' },
  binding: { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'RoleBinding' },
};

async function annotate(namespace: string, note: string, { admin }: Stage): Promise<Performed> {
  const ours = (await admin.list(policies(namespace))).filter(({ metadata }) =>
    metadata.name.startsWith('drawbridge-'),
  );
  const noted: string[] = [];
  for (const { metadata } of ours) {
    const body = { metadata: { uid: metadata.uid, labels: { note }, annotations: { note } } };
    const { status } = await admin.request('PATCH', policies(namespace, metadata.name), body);
    if (status < 300) noted.push(metadata.uid ?? '');
  }
  return { outcome: 'done', noted };
}

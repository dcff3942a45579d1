import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../test/support/eventually.ts';
import { OPERATOR_ACCOUNT, OPERATOR_NAMESPACE } from '../test/support/install.ts';
import type { World } from '../test/support/world.ts';
import { startWorld } from '../test/support/world.ts';
import { RUNTIME } from '../tools/bundle/runtime.ts';
import type { Observer } from './arena.ts';
import {
  createNamespaces,
  DENY,
  namesOf,
  observe,
  policyPath,
  repairAtOnce,
  repairOneByOne,
  runBare,
  startBareLoop,
} from './arena.ts';
import { BASELINE, OBJECTS_PER_NAMESPACE } from './baseline.ts';
import type { BareClient } from './client.ts';
import { bareClient } from './client.ts';
import type { Latency } from './statistics.ts';
import { latencyOf } from './statistics.ts';

/** What one run at one size measured; times in milliseconds, sizes in bytes. */
export interface Figures {
  readonly namespaces: number;
  readonly objects: number;
  readonly cold: { readonly operatorMs: number; readonly bareMs: number; readonly writes: number };
  readonly single: { readonly operator: Latency; readonly bare: Latency };
  readonly mass: { readonly operator: Latency; readonly bare: Latency };
  readonly newNamespace: Latency;
  readonly idle: { readonly writes: number; readonly cpuShare: number };
  readonly restart: { readonly readyMs: number; readonly writes: number };
  readonly rssBytes: number;
  readonly heapBytes: number;
}

const SINGLE = 200;
const MASS = 100;
const BORN = 50;
const IDLE_MS = 10_000;
const LABELS = { bench: 'held' };

/** Runs everything at one size on a control plane of its own: first the operator, then the bare programs. */
export async function measure(namespaces: number, program: string, log: (line: string) => void): Promise<Figures> {
  const world = await startWorld({ program, ...RUNTIME });
  try {
    const kubeconfig = await world.controlPlane.serviceAccountKubeconfig(OPERATOR_NAMESPACE, OPERATOR_ACCOUNT);
    const observer = await observe(kubeconfig);
    const client = bareClient(kubeconfig);
    const names = namesOf('held', namespaces);
    log(`creating ${namespaces} namespaces`);
    await createNamespaces(world, names, LABELS);
    log('cold convergence');
    const cold = await coldConvergence(world, observer, namespaces);
    log('repairs');
    const single = latencyOf(await repairOneByOne(observer, client, pick(names, SINGLE)));
    const mass = latencyOf(await repairAtOnce(observer, client, pick(names, MASS)));
    const newNamespace = latencyOf(await bornGuarded(world, observer));
    log('idle and restart');
    const idle = await idleCost(world);
    const restart = await restartCost(world, namespaces + BORN);
    const { rssBytes, heapBytes } = await memory(world);
    await world.stopOperator();
    log('the bare loop and the bare writer');
    const bare = await bareRepairs(kubeconfig, observer, client, names);
    const bareMs = await bareWrites(world, kubeconfig, namespaces);
    await observer.close();
    await client.close();
    return {
      namespaces,
      objects: namespaces * OBJECTS_PER_NAMESPACE,
      cold: { ...cold, bareMs },
      single: { operator: single, bare: bare.single },
      mass: { operator: mass, bare: bare.mass },
      newNamespace,
      idle,
      restart,
      rssBytes,
      heapBytes,
    };
  } finally {
    await world.close();
  }
}

const pick = (names: readonly string[], count: number): readonly string[] =>
  Array.from({ length: Math.min(count, names.length) }, (_, i) => names[Math.floor((i * names.length) / count)] ?? '');

async function coldConvergence(
  world: World,
  observer: Observer,
  namespaces: number,
): Promise<{ operatorMs: number; writes: number }> {
  const mark = await world.mark();
  await world.admin.create(BASELINE);
  const fromMs = performance.now();
  const untilMs = await observer.reach(namespaces * OBJECTS_PER_NAMESPACE);
  await settled(world, namespaces);
  const writes = await world.writesSince(mark, { resources: ['networkpolicies', 'roles', 'rolebindings'] });
  return { operatorMs: untilMs - fromMs, writes: writes.length };
}

/** All are compliant, and the reports are written too. */
async function settled(world: World, namespaces: number): Promise<void> {
  await eventually(
    async () => {
      const { status } = await world.baseline('bench');
      if (status?.summary !== `${namespaces}/${namespaces}`) throw new Error(`summary is ${status?.summary}`);
      const waiting = await world.operator().metric('workqueue_depth');
      if (waiting > 0) throw new Error(`${waiting} keys wait`);
    },
    { withinMs: 300_000, everyMs: 250 },
  );
  await sleep(1_500);
}

async function bornGuarded(world: World, observer: Observer): Promise<number[]> {
  const samples: number[] = [];
  for (const name of namesOf('born', BORN)) {
    const seen = observer.nextAdded(name, DENY);
    await world.namespace(name, LABELS);
    const fromMs = performance.now();
    samples.push(Math.max(0, (await seen) - fromMs));
  }
  return samples;
}

async function idleCost(world: World): Promise<{ writes: number; cpuShare: number }> {
  await quiet(world);
  const mark = await world.mark();
  const cpu = await world.operator().metric('process_cpu_seconds_total');
  await sleep(IDLE_MS);
  const used = (await world.operator().metric('process_cpu_seconds_total')) - cpu;
  return { writes: (await world.writesSince(mark, { all: true })).length, cpuShare: used / (IDLE_MS / 1000) };
}

/** The Events of earlier repairs are sent at ten a second and their series every ten seconds; what follows is idleness. */
async function quiet(world: World): Promise<void> {
  for (let writes = 1; writes > 0; ) {
    const mark = await world.mark();
    await sleep(11_000);
    writes = (await world.writesSince(mark, { all: true })).length;
  }
}

async function restartCost(world: World, namespaces: number): Promise<{ readyMs: number; writes: number }> {
  await world.stopOperator();
  const mark = await world.mark();
  const fromMs = performance.now();
  const operator = await world.startOperator();
  await eventually(
    async () => {
      const done = await operator.metric('controller_runtime_reconcile_total', { controller: 'namespaces' });
      if (done < namespaces) throw new Error(`${done} of ${namespaces} looked at`);
    },
    { withinMs: 120_000, everyMs: 50 },
  );
  const readyMs = performance.now() - fromMs;
  await sleep(2_000);
  return { readyMs, writes: (await world.writesSince(mark, { all: true })).length };
}

const memory = async (world: World): Promise<{ rssBytes: number; heapBytes: number }> => ({
  rssBytes: await world.operator().rssBytes(),
  heapBytes: await world.operator().metric('nodejs_heap_size_used_bytes'),
});

async function bareRepairs(
  kubeconfig: string,
  observer: Observer,
  client: BareClient,
  names: readonly string[],
): Promise<{ single: Latency; mass: Latency }> {
  const stop = await startBareLoop(kubeconfig);
  try {
    const single = latencyOf(await repairOneByOne(observer, client, pick(names, SINGLE)));
    const mass = latencyOf(await repairAtOnce(observer, client, pick(names, MASS)));
    return { single, mass };
  } finally {
    await stop();
  }
}

/** The same objects, into as many other namespaces, by the bare writer. */
async function bareWrites(world: World, kubeconfig: string, namespaces: number): Promise<number> {
  const names = namesOf('bare', namespaces);
  await createNamespaces(world, names, {});
  const of = async (path: string) => (await world.admin.list(path)).map((object) => strip(object));
  const policies = await of(policyPath('held-00000'));
  const rbac = '/apis/rbac.authorization.k8s.io/v1/namespaces';
  const roles = await of(`${rbac}/held-00000/roles`);
  const bindings = await of(`${rbac}/held-00000/rolebindings`);
  const deny = policies.filter(({ metadata }) => metadata.name === DENY);
  const allows = policies.filter(({ metadata }) => metadata.name !== DENY);
  const item = (base: string, namespace: string, object: ReturnType<typeof strip>) => ({
    path: base,
    body: JSON.stringify({ ...object, metadata: { ...object.metadata, namespace } }),
  });
  const stage = (
    first: readonly ReturnType<typeof strip>[],
    second: readonly ReturnType<typeof strip>[],
    plural: string,
  ) =>
    names.flatMap((ns) => [
      ...first.map((object) => item(policyPath(ns), ns, object)),
      ...second.map((object) => item(`${rbac}/${ns}/${plural}`, ns, object)),
    ]);
  const file = join(world.controlPlane.dir, 'bare.json');
  writeFileSync(file, JSON.stringify([stage(allows, roles, 'roles'), stage(deny, bindings, 'rolebindings')]));
  return (JSON.parse(await runBare('bareWriter.ts', [kubeconfig, file])) as { ms: number }).ms;
}

function strip(object: Awaited<ReturnType<World['baseline']>>) {
  const { name, labels } = object.metadata;
  const { metadata: _, ...rest } = object;
  return { ...rest, metadata: { name, labels } };
}

import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../test/support/eventually.ts';
import type { World } from '../test/support/world.ts';
import type { Observer } from './arena.ts';
import { DENY, namesOf } from './arena.ts';
import { ruleName } from './bareRuns.ts';
import { BASELINE, EDITED_BASELINE, OBJECTS_PER_NAMESPACE } from './baseline.ts';

/** Namespaces that are made while it runs. */
export const BORN = 50;
export const LABELS = { bench: 'held' };
const IDLE_MS = 10_000;

export async function coldConvergence(
  world: World,
  observer: Observer,
  namespaces: number,
): Promise<{ operatorMs: number; writes: number; loopDelayMs: number }> {
  await loopDelayMs(world);
  const mark = await world.mark();
  await world.admin.create(BASELINE);
  const fromMs = performance.now();
  const untilMs = await observer.reach(namespaces * OBJECTS_PER_NAMESPACE);
  const delayMs = await loopDelayMs(world);
  await settled(world, namespaces);
  const writes = await world.writesSince(mark, { resources: ['networkpolicies', 'roles', 'rolebindings'] });
  return { operatorMs: untilMs - fromMs, writes: writes.length, loopDelayMs: delayMs };
}

/** Since it was asked last. */
export const loopDelayMs = async (world: World): Promise<number> =>
  (await world.operator().metric('nodejs_eventloop_lag_max_seconds')) * 1_000;

export async function editEverywhere(
  world: World,
  observer: Observer,
  namespaces: number,
): Promise<{ operatorMs: number; writes: number }> {
  await settled(world, namespaces);
  const name = await ruleName(world, 'held-00000');
  const mark = await world.mark();
  const changed = observer.changed(name, namespaces);
  const { metadata } = await world.baseline('bench');
  await world.admin.update({ ...EDITED_BASELINE, metadata });
  const fromMs = performance.now();
  const untilMs = await changed;
  await settled(world, namespaces);
  const writes = await world.writesSince(mark, { resources: ['networkpolicies', 'roles', 'rolebindings'] });
  return { operatorMs: untilMs - fromMs, writes: writes.length };
}

/**
 * This process has looked at all, all are compliant, and the reports are written too. The status alone may be its
 * predecessor's: who is measured on its word is measured while it still lists.
 */
export async function settled(world: World, namespaces: number): Promise<void> {
  await eventually(
    async () => {
      const { status } = await world.baseline('bench');
      if (status?.summary !== `${namespaces}/${namespaces}`) throw new Error(`summary is ${status?.summary}`);
      const operator = world.operator();
      const done = await operator.metric('controller_runtime_reconcile_total', { controller: 'namespaces' });
      if (done < namespaces) throw new Error(`${done} of ${namespaces} looked at`);
      const waiting = await operator.metric('workqueue_depth');
      if (waiting > 0) throw new Error(`${waiting} keys wait`);
    },
    { withinMs: 300_000, everyMs: 250 },
  );
  await sleep(1_500);
}

export async function bornGuarded(world: World, observer: Observer): Promise<number[]> {
  const samples: number[] = [];
  for (const name of namesOf('born', BORN)) {
    const seen = observer.nextAdded(name, DENY);
    await world.namespace(name, LABELS);
    const fromMs = performance.now();
    samples.push(Math.max(0, (await seen) - fromMs));
  }
  return samples;
}

export async function idleCost(world: World): Promise<{ writes: number; cpuShare: number }> {
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

export async function restartCost(world: World, namespaces: number): Promise<{ readyMs: number; writes: number }> {
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

export const memory = async (world: World): Promise<{ rssBytes: number; heapBytes: number }> => ({
  rssBytes: await world.operator().rssBytes(),
  heapBytes: await world.operator().metric('nodejs_heap_size_used_bytes'),
});

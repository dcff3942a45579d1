import { setTimeout as sleep } from 'node:timers/promises';
import { baselinePath, namespacePath, policies } from '../cluster/support/paths.ts';
import { auditMark } from '../support/controlPlane/auditLog.ts';
import { OPERATOR_USER } from '../support/install.ts';
import type { Done, Observation } from './observation.ts';
import { isRight } from './oracle.ts';
import type { Performed } from './perform.ts';
import { namespaceObject, perform } from './perform.ts';
import type { Replicas } from './replicas.ts';
import type { Scenario } from './scenario.ts';
import { baselineObject } from './shape.ts';
import { takeSnapshot } from './snapshot.ts';
import type { Stage } from './stage.ts';
import { lookalike } from './stage.ts';
import { writesFrom } from './write.ts';

/** What failed last may wait twice as long as the chaos lasted (disturbance.ts); with room for a busy machine. */
const SETTLE_WITHIN_MS = 45_000;
const POLL_MS = 250;
/** Nothing was written for so long, and all is right: then the quiet begins. */
const CALM_MS = 1_200;
const QUIET_MS = 3_000;
/** The controller manager's work, which nobody judges here. */
const NAMESPACES_GONE_WITHIN_MS = 60_000;

/** Plays a scenario to the end of the quiet after it, and cleans up. What does not become right in time is in what was observed. */
export async function play(scenario: Scenario, stage: Stage): Promise<Observation> {
  const { admin, proxy, controlPlane } = stage;
  const mark = await auditMark(controlPlane.auditLogPath);
  const sinceMs = performance.now();
  const writes = () => writesFrom(controlPlane.auditLogPath, mark);
  await setUp(scenario, stage);
  const snapshots = [await takeSnapshot(admin)];
  const replicas = await stage.operators(scenario.replicas);
  try {
    if (scenario.converged) await untilSettled(stage, mark);
    const fromMs = Date.now();
    const done = await performAll(scenario, stage, replicas, async () => {
      snapshots.push(await takeSnapshot(admin));
    });
    await proxy.clear();
    await replicas.allUp();
    const chaos = { fromMs, untilMs: Date.now() };
    await untilNamespacesGone(stage);
    await untilSettled(stage, mark);
    const quietFromMs = Date.now();
    await sleep(QUIET_MS);
    const quiet = { fromMs: quietFromMs, untilMs: Date.now() };
    const final = await takeSnapshot(admin);
    const observed = { scenario, chaos, quiet, done, snapshots, final, writes: await writes() };
    const requests = proxy.requests(sinceMs).map((r) => ({ ...r, atMs: r.atMs + performance.timeOrigin }));
    return { ...observed, requests, lives: await replicas.end() };
  } finally {
    await proxy.clear();
    await replicas.end();
    await cleanUp(scenario, stage);
  }
}

async function setUp({ cast }: Scenario, { admin }: Stage): Promise<void> {
  await Promise.all(
    Object.entries({ ...cast.namespaces, [cast.outside]: {} }).map(([name, labels]) =>
      admin.create(namespaceObject(name, labels)),
    ),
  );
  // Its name is that of a deny, and nobody governs where it is.
  await admin.create(lookalike(cast.outside, 'drawbridge-default-deny'));
  for (const [name, shape] of Object.entries(cast.baselines)) await admin.create(baselineObject(name, shape));
}

async function performAll(
  { steps, lengthMs }: Scenario,
  stage: Stage,
  replicas: Replicas,
  onApiServerBack: () => Promise<void>,
): Promise<readonly Done[]> {
  const startMs = performance.now();
  const until = (atMs: number) => sleep(Math.max(0, startMs + atMs - performance.now()));
  const done = await Promise.all(
    steps.map(async ({ atMs, deed }): Promise<Done> => {
      await until(atMs);
      const fromMs = Date.now();
      const { outcome, noted = [] } = await perform(deed, stage, replicas).catch(
        (error: unknown): Performed => ({
          outcome: `refused: ${error instanceof Error ? error.message : error}`,
        }),
      );
      const untilMs = Date.now();
      if (deed.do === 'killApiServer' && outcome === 'done') await stage.persistent(onApiServerBack);
      return { deed, fromMs, untilMs, outcome, noted };
    }),
  );
  await until(lengthMs);
  return done;
}

/** Waits until everything is right and nobody writes; not longer than that may take. */
async function untilSettled({ admin, controlPlane }: Stage, mark: number): Promise<void> {
  const endMs = performance.now() + SETTLE_WITHIN_MS;
  while (performance.now() < endMs) {
    const calm = (await writesFrom(controlPlane.auditLogPath, mark)).every(
      ({ user, resource, atMs }) => user !== OPERATOR_USER || TELLING.has(resource) || atMs < Date.now() - CALM_MS,
    );
    if (calm && isRight(await takeSnapshot(admin))) return;
    await sleep(POLL_MS);
  }
}

const TELLING: ReadonlySet<string> = new Set(['events', 'leases']);

async function untilNamespacesGone({ admin }: Stage): Promise<void> {
  const endMs = performance.now() + NAMESPACES_GONE_WITHIN_MS;
  const leaving = async () =>
    (await admin.list('/api/v1/namespaces')).filter(({ metadata }) => metadata.deletionTimestamp !== undefined);
  for (let left = await leaving(); left.length > 0; left = await leaving()) {
    for (const { metadata } of left) await letGo(admin, metadata.name);
    if (performance.now() > endMs)
      throw new Error(`namespaces do not go: ${left.map(({ metadata }) => metadata.name)}`);
    await sleep(POLL_MS);
  }
}

/** A deny that somebody put a finalizer on, where nobody enforces, keeps its namespace until that is taken off. */
async function letGo(admin: Stage['admin'], namespace: string): Promise<void> {
  for (const { metadata } of await admin.list(policies(namespace))) {
    if (metadata.deletionTimestamp === undefined || metadata.finalizers === undefined) continue;
    await admin.request('PATCH', policies(namespace, metadata.name), { metadata: { finalizers: null } });
  }
}

/** The next scenario has other names; nothing of this one may occupy the operator then. */
async function cleanUp({ cast }: Scenario, { admin }: Stage): Promise<void> {
  const prefix = cast.outside.replace('outside', '');
  for (const { metadata } of await admin.list('/apis/drawbridge.dev/v1alpha1/securitybaselines')) {
    const path = baselinePath(metadata.name);
    await admin.delete(path);
    // Its finalizer waits for an operator.
    await admin.request('PATCH', path, { metadata: { finalizers: null } });
  }
  for (const { metadata } of await admin.list('/api/v1/namespaces')) {
    if (metadata.name.startsWith(prefix)) await admin.delete(namespacePath(metadata.name));
  }
}

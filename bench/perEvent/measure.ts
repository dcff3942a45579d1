import { setTimeout as sleep } from 'node:timers/promises';
import { controls } from '../../src/controls/index.ts';
import type { KubeObject } from '../../src/k8s/object.ts';
import type { Store } from '../../src/kube/store.ts';
import { createStore } from '../../src/kube/store.ts';
import { systemClock } from '../../src/operator/clock.ts';
import type { Engine } from '../../src/operator/engine.ts';
import { createEngine } from '../../src/operator/engine.ts';
import type { FakeServer } from '../../test/support/buildServer.ts';
import { createServer, projected } from '../../test/support/buildServer.ts';
import { NO_ADMISSION } from '../../test/support/noAdmission.ts';
import { NO_POSTURE, NO_PROOF } from '../../test/support/noProof.ts';
import { DENY } from '../arena.ts';
import { BASELINE } from '../baseline.ts';
import { clusterObjects } from './cluster.ts';

export interface PerEvent {
  /** From the event to the request that repairs, each. */
  readonly decideMs: readonly number[];
  /** Processor time of the whole process per repair. */
  readonly cpuMs: number;
  readonly heapBytes: number;
}

const EVENTS = 1_000;
const WARM_UP = 300;

export async function measurePerEvent(namespaces: number): Promise<PerEvent> {
  const server = createServer(systemClock.nowMs);
  for (const object of clusterObjects(namespaces)) server.put(object);
  server.put({ ...BASELINE, metadata: { name: 'bench', uid: 'uid-bench', generation: 1 } } as KubeObject);
  const { engine, store } = operatorOver(server);
  await engine.start();
  await rests(engine);
  const repair = (index: number): Promise<number> =>
    repaired(server, store, `held-${String((index * 7919) % namespaces).padStart(5, '0')}`);
  for (let index = 0; index < WARM_UP; index += 1) await repair(index);
  await rests(engine);
  const cpu = process.cpuUsage();
  const decideMs: number[] = [];
  for (let index = 0; index < EVENTS; index += 1) decideMs.push(await repair(WARM_UP + index));
  await rests(engine);
  const used = process.cpuUsage(cpu);
  for (const queue of Object.values(engine.queues)) queue.abort();
  return { decideMs, cpuMs: (used.user + used.system) / 1_000 / EVENTS, heapBytes: process.memoryUsage().heapUsed };
}

function operatorOver(server: FakeServer): { readonly engine: Engine; readonly store: Store } {
  const store = createStore([]);
  const ensureWatched = (kinds: readonly string[]): void => {
    for (const kind of kinds.filter((one) => !store.isSynced(one))) {
      store.apply(kind, { type: 'init' });
      for (const object of server.objects()) {
        const entry = object.kind === kind ? projected(object) : undefined;
        if (entry !== undefined) store.apply(kind, { type: 'apply', entry });
      }
      store.apply(kind, { type: 'initDone', resourceVersion: '1' });
    }
  };
  const engine = createEngine({
    controls,
    store,
    clock: systemClock,
    ownNamespace: 'drawbridge-system',
    sink: () => {},
    ensureWatched,
    isCrdTerminating: async () => false,
    entryOf: projected,
    onFact: () => {},
    onPruning: () => {},
    onPolicyReports: () => {},
    onAuditRepair: () => {},
    onAdmissionRepair: () => {},
    admission: NO_ADMISSION,
    proof: NO_PROOF,
    ...NO_POSTURE,
    onProof: () => {},
    ports: {
      ...server.ports,
      index: store,
      acknowledge: (entry) => store.acknowledge(entry),
      acknowledgeDelete: (ref) => store.acknowledgeDelete(ref),
    },
  });
  return { engine, store };
}

/** Deletes the deny and waits until it is asked for again; answers after how long. */
async function repaired(server: FakeServer, store: Store, namespace: string): Promise<number> {
  const ref = { kind: 'NetworkPolicy', namespace, name: DENY };
  const stored = store.get(ref.kind, namespace, DENY);
  if (stored === undefined) throw new Error(`${namespace} has no deny`);
  const asked = new Promise<number>((resolve) => {
    server.before = (write) => {
      if (write.ref.namespace === namespace && write.ref.name === DENY) resolve(performance.now());
    };
  });
  server.delete(ref);
  const fromMs = performance.now();
  const { uid, resourceVersion } = stored;
  store.apply(ref.kind, { type: 'delete', namespace, name: DENY, uid, resourceVersion });
  const atMs = await asked;
  // As long as an API server takes: what trails a repair runs meanwhile.
  await sleep(2);
  return atMs - fromMs;
}

/** Until no queue has had anything to do for a while. */
async function rests(engine: Engine): Promise<void> {
  const queues = Object.values(engine.queues);
  for (let calm = 0; calm < 5; ) {
    await sleep(500);
    calm = queues.some((queue) => queue.isBusy()) ? 0 : calm + 1;
  }
}

import type { SecurityBaselineStatus } from '../../src/api/types.ts';
import { controls } from '../../src/controls/index.ts';
import type { Baseline } from '../../src/core/govern/baseline.ts';
import type { Outcome } from '../../src/core/outcome/outcome.ts';
import type { KubeObject } from '../../src/k8s/object.ts';
import { createStore } from '../../src/kube/store.ts';
import type { WaiverTurn } from '../../src/operator/controllers/waivers.ts';
import { createEngine } from '../../src/operator/engine.ts';
import type { PolicyReportNote } from '../../src/operator/policyReports/apis.ts';
import type { RolloutTurn } from '../../src/operator/rollout/rollouts.ts';
import { apiServerService, apiServerSlice, grantableRole } from '../core/clusterObjects.ts';
import { baseline, OWN, PROD } from '../support/build.ts';
import type { VirtualClock } from '../support/buildClock.ts';
import { createClock } from '../support/buildClock.ts';
import type { FakeServer } from '../support/buildServer.ts';
import { createServer, projected, refOf } from '../support/buildServer.ts';
import { NO_ADMISSION } from '../support/noAdmission.ts';
import { NO_POSTURE, NO_PROOF } from '../support/noProof.ts';

export const DENY = { kind: 'NetworkPolicy', namespace: 'payments', name: 'drawbridge-default-deny' };
export const REPORT = { kind: 'BaselineReport', namespace: 'payments', name: 'drawbridge' };
export const namespace = (name: string, labels: object = PROD): KubeObject =>
  ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } }) as KubeObject;
export const raw = ({ name, uid, generation, spec }: Baseline): KubeObject => ({
  apiVersion: 'drawbridge.dev/v1alpha1',
  kind: 'SecurityBaseline',
  metadata: { name, uid, generation },
  spec,
});

/**
 * A whole operator over a server in memory, in virtual time; `watch` lets it see what happened on the server. Of kinds
 * in `unread` no list ever comes.
 */
export function operator(server: FakeServer, clock: VirtualClock, { unread = [] as readonly string[] } = {}) {
  const store = createStore([]);
  const outcomes: Outcome[] = [];
  const turns: WaiverTurn[] = [];
  const notes: PolicyReportNote[] = [];
  const rollouts: RolloutTurn[] = [];
  const told = new Map<string, KubeObject>();
  const watched = new Set<string>();
  const watch = (): void => {
    const now = new Map(server.objects().map((object) => [JSON.stringify(refOf(object)), object]));
    for (const [key, object] of told) {
      if (now.has(key)) continue;
      told.delete(key);
      const { name, namespace: ns = '', uid = '', resourceVersion = '' } = object.metadata;
      store.apply(object.kind, { type: 'delete', namespace: ns, name, uid, resourceVersion });
    }
    for (const [key, object] of now) {
      if (told.get(key) === object || !watched.has(object.kind)) continue;
      told.set(key, object);
      const entry = projected(object);
      if (entry !== undefined) store.apply(object.kind, { type: 'apply', entry });
    }
  };
  const ensureWatched = (kinds: readonly string[]): void => {
    for (const kind of kinds) {
      if (watched.has(kind) || unread.includes(kind)) continue;
      watched.add(kind);
      store.apply(kind, { type: 'init' });
      watch();
      store.apply(kind, { type: 'initDone', resourceVersion: '0' });
    }
  };
  const engine = createEngine({
    controls,
    store,
    clock,
    ownNamespace: OWN,
    sink: (outcome) => void outcomes.push(outcome),
    ensureWatched,
    isCrdTerminating: async () => false,
    entryOf: projected,
    onFact: () => {},
    onPruning: () => {},
    onPolicyReports: (note) => void notes.push(note),
    onAuditRepair: () => {},
    onAdmissionRepair: () => {},
    admission: NO_ADMISSION,
    ...NO_POSTURE,
    proof: { ...NO_PROOF, whoAmI: async () => ({ name: 'the operator', groups: [] }) },
    onProof: () => {},
    onWaiver: (turn) => void turns.push(turn),
    onRollout: (turn) => void rollouts.push(turn),
    ports: {
      ...server.ports,
      index: store,
      acknowledge: (entry) => store.acknowledge(entry),
      acknowledgeDelete: (ref) => store.acknowledgeDelete(ref),
    },
  });
  engine.served([]);
  return {
    engine,
    store,
    outcomes,
    turns,
    notes,
    rollouts,
    watch,
    status: () => server.get(refOf(raw(baseline('restricted'))))?.status as SecurityBaselineStatus,
  };
}

export function cluster(...more: readonly KubeObject[]): { readonly server: FakeServer; readonly clock: VirtualClock } {
  const clock = createClock();
  const server = createServer(clock.nowMs);
  for (const object of [apiServerService(), apiServerSlice(), grantableRole([]), namespace('payments'), ...more]) {
    server.put(object);
  }
  return { server, clock };
}

export async function running(...baselines: readonly Baseline[]) {
  const { server, clock } = cluster(...baselines.map(raw));
  const made = operator(server, clock);
  await made.engine.start();
  await clock.advance(2000);
  made.watch();
  await clock.advance(2000);
  return { ...made, server, clock };
}

import { SECTIONS } from '../../src/api/types.ts';
import { controls } from '../../src/controls/index.ts';
import type { Facts } from '../../src/core/facts/facts.ts';
import type { Baseline } from '../../src/core/govern/baseline.ts';
import type { Outcome } from '../../src/core/outcome/outcome.ts';
import type { Waiver } from '../../src/core/waive/waiver.ts';
import type { KubeObject, Labels } from '../../src/k8s/object.ts';
import { createNamespacesController } from '../../src/operator/controllers/namespaces.ts';
import type { Governances } from '../../src/operator/governances.ts';
import { createGovernances } from '../../src/operator/governances.ts';
import type { WorkResult } from '../../src/operator/queue.ts';
import { baselineEntry, FACTS, OWN, PROD } from '../support/build.ts';
import type { VirtualClock } from '../support/buildClock.ts';
import { createClock } from '../support/buildClock.ts';
import type { FakeServer } from '../support/buildServer.ts';
import { createServer } from '../support/buildServer.ts';

/** The namespace payments under the shipped controls, a fake server and virtual time. */
export interface NamespaceWorld {
  readonly clock: VirtualClock;
  readonly server: FakeServer;
  readonly governances: Governances;
  readonly outcomes: Outcome[];
  readonly gone: string[];
  facts: Facts;
  /** The waivers that hold. */
  waivers: readonly Waiver[];
  /** The sections that may be decided. */
  ready: ReadonlySet<string>;
  /** Kinds that are not known yet, of those that are only inspected. */
  unknown: ReadonlySet<string>;
  /** Baselines or labels changed, as the watch and `attention` would bring it. */
  set(baselines: readonly Baseline[], labels?: Labels, meta?: object): void;
  /** What the server has in the namespace. */
  objects(): readonly KubeObject[];
  /** One look. */
  look(): Promise<WorkResult>;
  /** The last outcome; throws when there is none. */
  last(): Outcome;
  /** A new process over the same server. */
  restart(): NamespaceWorld;
}

/** What the wall shows when the clock of tests begins. */
export const EPOCH_MS = Date.parse('2026-01-01T12:00:00Z');

export function namespaceWorld(
  baselines: readonly Baseline[],
  old?: { readonly clock: VirtualClock; readonly server: FakeServer },
): NamespaceWorld {
  const clock = old?.clock ?? createClock();
  const server = old?.server ?? createServer(clock.nowMs);
  const put = (labels: Labels, meta: object = {}): void => {
    const metadata = { name: 'payments', uid: 'uid-payments', labels, ...meta };
    server.put({ apiVersion: 'v1', kind: 'Namespace', metadata });
  };
  if (old === undefined) put(PROD);
  const governances = createGovernances(server.index, OWN);
  const outcomes: Outcome[] = [];
  const gone: string[] = [];
  const reconcile = createNamespacesController({
    controls,
    governances,
    facts: () => world.facts,
    waivers: () => world.waivers,
    isReady: (section) => world.ready.has(section),
    isKnown: (kind) => !world.unknown.has(kind),
    wallMs: () => EPOCH_MS + clock.nowMs(),
    ports: server.ports,
    onOutcome: (outcome) => void outcomes.push(outcome),
    onGone: (namespace) => void gone.push(namespace),
  });
  const world: NamespaceWorld = {
    clock,
    server,
    governances,
    outcomes,
    gone,
    facts: FACTS,
    waivers: [],
    ready: new Set(SECTIONS),
    unknown: new Set(),
    set: (all, labels, meta) => {
      for (const entry of [...server.index.ofKind('SecurityBaseline')]) server.index.delete(entry);
      server.index.set(...all.map((b) => baselineEntry(b)));
      const known = server.index.get('Namespace', '', 'payments');
      if (labels !== undefined || meta !== undefined || known === undefined) {
        put(labels ?? PROD, meta);
      }
      governances.refreshAll();
    },
    objects: () => server.objects().filter(({ kind }) => kind !== 'Namespace'),
    look: () => {
      server.sync();
      return reconcile({ key: 'payments', sinceMs: clock.nowMs(), signal: new AbortController().signal });
    },
    last: () => {
      const outcome = outcomes.at(-1);
      if (outcome === undefined) throw new Error('nothing was said yet');
      return outcome;
    },
    restart: () => namespaceWorld(baselines, { clock, server }),
  };
  world.set(baselines);
  return world;
}

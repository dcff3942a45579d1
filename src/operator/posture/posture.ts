import { SECURITY_BASELINE } from '../../api/names.ts';
import type { ClusterControl } from '../../core/control/clusterControl.ts';
import type { Facts } from '../../core/facts/facts.ts';
import { FACT_KINDS } from '../../core/facts/factsOf.ts';
import type { ApiServerPosture } from '../../core/model/apiServerPosture.ts';
import type { BaselineBody } from '../../core/model/bodies.ts';
import type { Finding } from '../../core/model/finding.ts';
import type { Entry } from '../../k8s/entry.ts';
import type { Store } from '../../kube/store.ts';
import type { Clock } from '../clock.ts';
import type { ClusterVerdict } from '../controllers/cluster.ts';
import { createClusterController } from '../controllers/cluster.ts';
import type { Queue } from '../queue.ts';
import { createQueue } from '../queue.ts';

export interface PostureOptions {
  readonly clusterControls: readonly ClusterControl[];
  readonly store: Store;
  readonly clock: Clock;
  readonly ownNamespace: string;
  readonly concurrency: number;
  readonly facts: () => Facts;
  readonly ensureWatched: (kinds: readonly string[]) => void;
  readonly observeApiServer: (signal: AbortSignal) => Promise<ApiServerPosture>;
  /** The status of a baseline may have to say something else. */
  readonly onVerdict: (baseline: string) => void;
  readonly onClusterFinding: (finding: Finding) => void;
}

/** Keeps what is found about the whole cluster; its queue has one key, because it is one cluster. */
export interface Posture {
  readonly queue: Queue;
  /** Has watched what the baselines ask for. */
  follow(): void;
  /** Whether a kind is looked at. */
  reads(kind: string): boolean;
  /** Nothing where the baseline does not ask, `'pending'` while it was not looked at as it is now. */
  findings(entry: Entry<BaselineBody>): readonly Finding[] | 'pending' | undefined;
}

/** The only key of its queue. */
export const CLUSTER = 'cluster';

export const kindsOfCluster = (controls: readonly ClusterControl[]): readonly string[] => [
  ...new Set(controls.flatMap(({ reads, facts }) => [...reads, ...facts.flatMap((fact) => FACT_KINDS[fact])])),
];

export function createPosture(options: PostureOptions): Posture {
  const { store, clock, concurrency, clusterControls: controls } = options;
  const verdicts = new Map<string, ClusterVerdict>();
  const watched = new Set<string>();
  const controller = createClusterController({
    ...options,
    controls,
    index: store,
    observe: options.observeApiServer,
    isKnown: store.isSynced,
    isReady: (asked) => kindsOfCluster(asked).every((kind) => store.isSynced(kind)),
    onVerdict: (baseline, verdict) => {
      if (verdict === undefined) verdicts.delete(baseline);
      else verdicts.set(baseline, verdict);
      options.onVerdict(baseline);
    },
    onFinding: options.onClusterFinding,
  });
  return {
    queue: createQueue(controller, { clock, concurrency }),
    follow: () => {
      for (const { body } of store.ofKind(SECURITY_BASELINE.kind) as Iterable<Entry<BaselineBody>>) {
        const kinds = kindsOfCluster(controls.filter((control) => control.isAskedBy(body.spec)));
        if (kinds.every((kind) => watched.has(kind))) continue;
        for (const kind of kinds) watched.add(kind);
        options.ensureWatched(kinds);
      }
    },
    reads: (kind) => watched.has(kind),
    findings: ({ name, uid, body }) => {
      if (!controls.some((control) => control.isAskedBy(body.spec))) return undefined;
      const known = verdicts.get(name);
      return known?.uid === uid && known.generation === body.generation ? known.findings : 'pending';
    },
  };
}

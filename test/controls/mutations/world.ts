import { SECTIONS } from '../../../src/api/types.ts';
import { clusterControls, controls } from '../../../src/controls/index.ts';
import { inspectCluster } from '../../../src/core/control/clusterControl.ts';
import type { View } from '../../../src/core/control/view.ts';
import { viewOf } from '../../../src/core/control/view.ts';
import type { Facts } from '../../../src/core/facts/facts.ts';
import { factsOf } from '../../../src/core/facts/factsOf.ts';
import type { NamespaceMemory } from '../../../src/core/gates/memory.ts';
import { contestFindings } from '../../../src/core/gates/remember.ts';
import type { Baseline } from '../../../src/core/govern/baseline.ts';
import type { Governance } from '../../../src/core/govern/governance.ts';
import type { Held } from '../../../src/core/govern/held.ts';
import type { ApiServerPosture } from '../../../src/core/model/apiServerPosture.ts';
import type { Finding } from '../../../src/core/model/finding.ts';
import { findingOfChange } from '../../../src/core/plan/driftFinding.ts';
import type { Evaluation } from '../../../src/core/plan/evaluate.ts';
import { evaluate } from '../../../src/core/plan/evaluate.ts';
import type { KubeObject, Labels } from '../../../src/k8s/object.ts';
import type { ObjectIndex } from '../../../src/k8s/objectIndex.ts';
import { projectedIndex } from '../../core/projectedIndex.ts';
import { governed, namespaceEntry, OWN } from '../../support/build.ts';

/** All that findings rest on, as values: a cluster, one namespace of it, and what is remembered of that. */
export interface World {
  readonly baselines: readonly Baseline[];
  readonly labels: Labels;
  readonly objects: readonly KubeObject[];
  readonly held: Held;
  /** What was known before; absent: nothing. */
  readonly knew?: Facts;
  /** API groups that the server serves. */
  readonly served: readonly string[];
  /** What nobody could find out. */
  readonly facts?: Partial<Facts>;
  /** Kinds of which not all objects are known yet. */
  readonly unlisted?: readonly string[];
  readonly posture: ApiServerPosture;
  readonly memory: NamespaceMemory;
  /** How many minutes ago the namespace was deleted; absent: it was not. */
  readonly deletedMinutesAgo?: number;
}

export const factsIn = (world: World): Facts => ({
  ...factsOf(indexOf(world), world.served, world.knew, 36),
  ...world.facts,
});

export const governanceOf = ({ baselines, labels, held }: World): Governance =>
  governed(baselines, 'payments', labels, held);

const indexOf = ({ objects, labels }: World): ObjectIndex =>
  projectedIndex([...objects, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'payments', labels } }]);

/** Of the namespace payments. */
export function viewOfWorld(world: World): View {
  const { labels, held, unlisted = [] } = world;
  const knows = (kind: string): boolean => !unlisted.includes(kind);
  const namespace = namespaceEntry('payments', labels);
  const { deletedMinutesAgo: minutes } = world;
  const entry = minutes === undefined ? namespace : { ...namespace, deleting: true };
  return viewOf(indexOf(world), entry, factsIn(world), held, knows, minutes && minutes * 60_000);
}

const evaluated = (world: World): Evaluation => evaluate(controls, governanceOf(world), viewOfWorld(world));

/** The same after everything was written that is to be, and nothing of ours that stood before. */
export function settled(world: World): World {
  const objects = world.objects.filter(({ metadata }) => !isOurs(metadata.labels ?? {}));
  const { plan } = evaluated({ ...world, objects });
  const written = plan.changes.flatMap((change): readonly KubeObject[] => {
    if (change.action !== 'create') return [];
    const { apiVersion, labels, body } = change.desired;
    const { kind, namespace, name } = change.ref;
    return [{ apiVersion, kind, metadata: { name, namespace, labels }, ...body }];
  });
  return { ...world, objects: [...objects, ...written] };
}

function isOurs(labels: Labels): boolean {
  return labels['app.kubernetes.io/managed-by'] === 'drawbridge';
}

const KINDS = Object.fromEntries(SECTIONS.map((s) => [s, controls.flatMap((c) => (c.section === s ? c.writes : []))]));

/** What controls find and the engine notes: of the namespace, and of the cluster. */
export function judgementsIn(world: World): readonly Finding[] {
  const { ofKind } = indexOf(world);
  const knows = (): boolean => true;
  const view = { ownNamespace: OWN, facts: factsIn(world), apiServer: world.posture, knows, ofKind };
  return [
    ...evaluated(world).findings,
    ...world.baselines.flatMap(({ spec }) => inspectCluster(clusterControls, spec, view)),
    ...contestFindings(world.memory, governanceOf(world), KINDS),
  ];
}

/** That, and what is not as planned. */
export const findingsIn = (world: World): readonly Finding[] => [
  ...evaluated(world).plan.changes.map(findingOfChange),
  ...judgementsIn(world),
];

/** As `SB-NET-001 Missing`, each once. */
export const failing = (world: World): readonly string[] =>
  [...new Set(findingsIn(world).map(({ check, reason }) => `${check} ${reason}`))].sort();

import { BASELINE_REPORT, SECURITY_BASELINE } from '../api/names.ts';
import type { ProofVerdict } from '../audit/proof/verdict.ts';
import type { ClusterControl } from '../core/control/clusterControl.ts';
import type { Control } from '../core/control/control.ts';
import type { FactNote } from '../core/facts/factNotes.ts';
import type { ApiServerPosture } from '../core/model/apiServerPosture.ts';
import type { BaselineBody } from '../core/model/bodies.ts';
import type { Finding } from '../core/model/finding.ts';
import type { Drift } from '../core/plan/changeResult.ts';
import type { Entry } from '../k8s/entry.ts';
import type { KubeObject } from '../k8s/object.ts';
import type { Store } from '../kube/store.ts';
import { ADMISSION } from './admission/keeper.ts';
import type { AdmissionQuestions } from './admission/obstacle.ts';
import type { AdmissionRepair } from './admission/tell.ts';
import type { Attention } from './attention.ts';
import { createAttention } from './attention.ts';
import { auditLayer } from './auditPolicy/layer.ts';
import type { AuditRepair } from './auditPolicy/publisher.ts';
import type { ProofPorts } from './auditProof/prover.ts';
import type { Clock } from './clock.ts';
import type { ClusterWide } from './clusterWide.ts';
import { createClusterWide } from './clusterWide.ts';
import type { Queues } from './concurrency.ts';
import { CONCURRENCY } from './concurrency.ts';
import { createBaselinesController } from './controllers/baselines.ts';
import { createNamespacesController } from './controllers/namespaces.ts';
import { createReportsController } from './controllers/reports.ts';
import type { WaiverTurn } from './controllers/waivers.ts';
import { dispatch, lookAtAll } from './dispatch.ts';
import { createFactsKeeper } from './factsKeeper.ts';
import type { GiveWay } from './giveWay.ts';
import { createGiveWay } from './giveWay.ts';
import type { Governances } from './governances.ts';
import { createGovernances } from './governances.ts';
import type { Ledger } from './ledger.ts';
import { createLedger } from './ledger.ts';
import type { PolicyReportNote } from './policyReports/apis.ts';
import type { PolicyReporting } from './policyReports/reporting.ts';
import { createPolicyReporting } from './policyReports/reporting.ts';
import type { ApplyPorts } from './ports.ts';
import type { Posture } from './posture/posture.ts';
import { forget, publish } from './publish.ts';
import type { Queue } from './queue.ts';
import { createQueue } from './queue.ts';
import type { Rollouts, RolloutTurn } from './rollout/rollouts.ts';
import { createRollouts } from './rollout/rollouts.ts';
import type { Trigger } from './router.ts';
import { triggersOf } from './router.ts';
import type { SectionGate } from './sections.ts';
import { BASE_KINDS, createSectionGate } from './sections.ts';
import type { Sink } from './sinks/sink.ts';
import type { Waiving } from './waivers/waiving.ts';
import { createWaiving } from './waivers/waiving.ts';

export interface EngineOptions {
  readonly controls: readonly Control[];
  readonly clusterControls: readonly ClusterControl[];
  readonly store: Store;
  readonly ports: ApplyPorts;
  readonly clock: Clock;
  readonly ownNamespace: string;
  readonly sink: Sink;
  readonly ensureWatched: (kinds: readonly string[]) => void;
  readonly isCrdTerminating: () => Promise<boolean>;
  readonly entryOf: (raw: KubeObject) => Entry | undefined;
  readonly onFact: (note: FactNote) => void;
  /** Hears what keeps a deleted baseline from going. */
  readonly onPruning: (baseline: Entry, left: readonly string[]) => void;
  /** Hears of the published audit policy being put right. */
  readonly onAuditRepair: (repair: AuditRepair) => void;
  /** Hears of a policy at admission being put right. */
  readonly onAdmissionRepair: (repair: AdmissionRepair) => void;
  /** What is asked about policies at admission. */
  readonly admission: AdmissionQuestions;
  /** Hears of waivers that begin, end or are refused. */
  readonly onWaiver?: (turn: WaiverTurn) => void;
  /** Hears which reports for others are written, and which are not. */
  readonly onPolicyReports: (note: PolicyReportNote) => void;
  /** Hears of roll-outs that stop or are finished. */
  readonly onRollout?: (turn: RolloutTurn) => void;
  /** What is asked to prove the audit policy. */
  readonly proof: ProofPorts;
  /** Hears of each proof. */
  readonly onProof: (verdict: ProofVerdict) => void;
  /** Finds out what an API server does for whom. */
  readonly observeApiServer: (signal: AbortSignal) => Promise<ApiServerPosture>;
  /** Hears of reports that are stored otherwise than they are written; in which namespace first. */
  readonly onReportChanged?: (namespace: string) => void;
  /** Hears of what is found wrong with the whole cluster, when it appears. */
  readonly onClusterFinding: (finding: Finding) => void;
}

export interface Engine {
  /**
   * Has watched what is in use, and writes nothing: all that a standby does. Resolves when what decides governance is known.
   */
  follow(): Promise<void>;
  /** Follows, then begins to work: everything is looked at as it is by then. Resolves when work has begun. */
  start(): Promise<void>;
  /** What discovery found; undefined when it did not answer. */
  served(groups: readonly string[] | undefined, minor?: number): void;
  /** Hears who is behind a drift. */
  noteAuthor(drift: Drift, user: string): void;
  /** What is not known yet, or undefined: then the operator is ready. */
  notReady(): string | undefined;
  readonly ledger: Ledger;
  /** How many waivers are in which state. */
  readonly waivers: Waiving['states'];
  readonly posture: Posture;
  /** How far the roll-out of a baseline is. */
  readonly rollout: Rollouts['progress'];
  readonly queues: Queues;
  /** For what tells of repairs and must not compete with them. */
  readonly giveWay: GiveWay;
  drain(): Promise<void>;
}

/** The stores, the queues and the controllers, joined. It knows no process, no socket and no file. */
export function createEngine(options: EngineOptions): Engine {
  const { store, ports, clock, controls } = options;
  const ledger = createLedger(() => clock.nowMs());
  const facts = createFactsKeeper(store);
  const rollouts = rolloutsOf(options, ledger, () => ({ governances, attention, baselines }));
  const governances = createGovernances(store, options.ownNamespace, rollouts);
  const reporter = reporterOf(options, governances, ledger.outcome);
  const waiving = createWaiving({ ...options, governances, onChanged: (changed) => attention.waivers(changed) });
  const namespaces = createQueue(
    createNamespacesController({
      controls,
      governances,
      ports,
      facts: facts.now,
      waivers: waiving.of,
      isReady: (section) => gate.isReady(section),
      isKnown: store.isSynced,
      wallMs: () => Date.parse(clock.timestamp()),
      onOutcome: (found) => publish(found, { ledger, sink: options.sink, reporter, reports, rollouts, shared }),
      onGone: (namespace) => forget(namespace, ledger, rollouts),
    }),
    { clock, concurrency: CONCURRENCY.namespaces },
  );
  const giveWay = createGiveWay(clock, namespaces);
  const { ticketMs: giveWayMs } = giveWay;
  const reports = createQueue(reporter.reconcile, { clock, concurrency: CONCURRENCY.reports, giveWayMs });
  const shared = createPolicyReporting({ ...options, governances, outcome: ledger.outcome, giveWay });
  const attention = createAttention({ ...options, index: store, governances, ledger, facts, queue: namespaces });
  let working = false;
  const gate = createSectionGate({
    ...options,
    // What a standby found out about the cluster would be old by the time at which it leads.
    onReady: (section) => working && attention.sectionReady(section),
  });
  const clusterWide = createClusterWide(options, governances, facts.now, (one) => baselines.add(one, 'bulk'));
  const baselines = baselinesQueue(options, clusterWide, governances, attention, ledger, rollouts);
  ledger.changed$.subscribe((baseline) => baselines.add(baseline, 'bulk'));
  store.listed$.subscribe((kind) => {
    // While its CRD was away no report could be written, and the back-off has grown to minutes without a durable record.
    if (kind === BASELINE_REPORT.kind) reports.retryNow();
    if (working) listed(kind, clusterWide, shared, attention);
  });
  const queues: Queues = { namespaces, baselines, reports, ...queuesBeside(waiving, shared, clusterWide) };
  let followed: Promise<void> | undefined;
  const follow = (): Promise<void> => {
    followed ??= followChanges(options, gate, clusterWide, (trigger) => {
      if (working) dispatch(trigger, { attention, waiving, reporter, shared, store, queues });
      if (trigger.to !== 'governance') return;
      gate.update();
      clusterWide.follow();
    });
    return followed;
  };
  return {
    follow,
    start: async () => {
      await follow();
      working = true;
      waiving.begin();
      attention.governance();
      lookAtAll(store, queues);
      shared.begin();
    },
    served: (groups, minor) => {
      facts.served(groups, minor);
      if (working) attention.facts();
      if (groups !== undefined) shared.served(groups);
    },
    noteAuthor: (drift, user) => {
      if (reporter.noteAuthor(drift, user)) reports.add(drift.ref.namespace, 'bulk');
    },
    notReady: () => (gate.missing().length === 0 ? undefined : `not known yet: ${gate.missing().join(', ')}`),
    ledger,
    waivers: waiving.states,
    posture: clusterWide.posture,
    rollout: rollouts.progress,
    queues,
    giveWay,
    drain: () => drainAll(queues),
  };
}

const queuesBeside = (waiving: Waiving, shared: PolicyReporting, clusterWide: ClusterWide) => ({
  waivers: waiving.queue,
  policyReports: shared.queue,
  ...clusterWide.queues,
});

/** `others` are made after it. */
const rolloutsOf = (
  { clock, store, onRollout }: EngineOptions,
  ledger: Ledger,
  others: () => { readonly governances: Governances; readonly attention: Attention; readonly baselines: Queue },
): Rollouts =>
  createRollouts({
    clock,
    letThrough: (namespace, uid) => {
      const { governances, attention } = others();
      const changed = governances.letThrough(namespace, uid);
      if (changed) attention.governanceChanged([namespace]);
      return changed;
    },
    governance: (namespace) => others().governances.of(namespace),
    found: (namespace) => ledger.outcome(namespace)?.baselines ?? [],
    stoppedBy: (baseline) => {
      const entry = store.get(SECURITY_BASELINE.kind, '', baseline) as Entry<BaselineBody> | undefined;
      const namespace = entry?.body.status?.rollout?.stoppedBy;
      return namespace === undefined || ledger.outcome(namespace) !== undefined ? undefined : namespace;
    },
    onProgress: (baseline) => others().baselines.add(baseline, 'bulk'),
    onTurn: (turn) => onRollout?.(turn),
  });

function baselinesQueue(
  options: EngineOptions,
  { publisher, admission, posture }: ClusterWide,
  governances: Governances,
  attention: Attention,
  ledger: Ledger,
  rollouts: Rollouts,
): Queue {
  const controller = createBaselinesController({
    ...options,
    auditVerdict: publisher.verdict,
    admissionVerdict: admission.verdict,
    clusterFindings: posture.findings,
    tally: ledger.tally,
    rollout: rollouts.progress,
    release: (uid) => {
      // Asked at every poll of a deletion; only the first says something new.
      const isNew = !governances.isReleasing(uid);
      attention.governanceChanged(governances.release(uid));
      if (isNew) admission.queue.add(ADMISSION, 'bulk');
    },
    outstanding: (name) => [...governances.outstanding(name), ...admission.outstanding(name)],
  });
  return createQueue(controller, { clock: options.clock, concurrency: CONCURRENCY.baselines });
}

function listed(kind: string, clusterWide: ClusterWide, shared: PolicyReporting, attention: Attention): void {
  shared.listed(kind);
  clusterWide.listed(kind);
  if (clusterWide.posture.reads(kind)) attention.facts();
}

async function drainAll(queues: Queues): Promise<void> {
  await Promise.all(Object.values(queues).map((queue) => queue.drain()));
}

const reporterOf = (
  { clock, ports, store, onReportChanged }: EngineOptions,
  governances: Governances,
  outcome: Ledger['outcome'],
) =>
  createReportsController({
    onChanged: onReportChanged,
    clock,
    governances,
    ports,
    outcome,
    auditLayer: () => auditLayer(store),
  });

/** Watches what decides governance, then the sections in use, and tells what follows from each change. */
async function followChanges(
  { store, ensureWatched }: EngineOptions,
  gate: SectionGate,
  clusterWide: ClusterWide,
  tell: (trigger: Trigger) => void,
): Promise<void> {
  ensureWatched(BASE_KINDS);
  await store.synced(BASE_KINDS);
  store.changes$.subscribe((change) => {
    // The objects of a first list are looked at all together, when the section they belong to is known.
    if (!store.isSynced(change.kind)) return;
    for (const trigger of triggersOf(change)) tell(trigger);
  });
  gate.update();
  clusterWide.follow();
}

import { FIELD_MANAGER } from '../api/names.ts';
import { clusterControls, controls } from '../controls/index.ts';
import { KINDS, kindRow } from '../core/kinds/kinds.ts';
import { POLICY_REPORT_KINDS } from '../core/kinds/policyReportKinds.ts';
import type { Drift } from '../core/plan/changeResult.ts';
import { entryOf } from '../k8s/entry.ts';
import type { KubeObject } from '../k8s/object.ts';
import { loadClusterAccess } from '../kube/config.ts';
import { servedGroups, serverVersion } from '../kube/discovery.ts';
import type { EventRecorder, EventRecorderOptions } from '../kube/events.ts';
import { createEventRecorder } from '../kube/events.ts';
import type { Store } from '../kube/store.ts';
import { createStore } from '../kube/store.ts';
import type { JsonTransport, ResponseNote, Transport } from '../kube/transport.ts';
import { createTransport } from '../kube/transport.ts';
import { createWriter } from '../kube/write.ts';
import { createAdmissionQuestions } from './admission/obstacle.ts';
import { tellAdmissionRepair } from './admission/tell.ts';
import { connectAttribution } from './attribution/connect.ts';
import { createAuthorTelling } from './attribution/tell.ts';
import { tellAuditRepair } from './auditPolicy/tell.ts';
import type { ProofOptions } from './auditProof/proofPorts.ts';
import { createProofPorts } from './auditProof/proofPorts.ts';
import { createProofTelling } from './auditProof/tell.ts';
import { parseBindAddress } from './bindAddress.ts';
import { systemClock } from './clock.ts';
import { CONCURRENCY } from './concurrency.ts';
import type { Engine, EngineOptions } from './engine.ts';
import { createEngine } from './engine.ts';
import { beginSeries } from './firstSeries.ts';
import type { Health } from './health/health.ts';
import { createHealth } from './health/health.ts';
import type { Check } from './health/healthPage.ts';
import { identified } from './identified.ts';
import type { ElectionOptions, Leadership, LeadershipOptions } from './leadership.ts';
import { ALONE, createLeadership } from './leadership.ts';
import type { Logger } from './logger.ts';
import type { Metrics } from './metrics.ts';
import { createMetrics } from './metrics.ts';
import { outageEnds } from './outage.ts';
import { tellPolicyReports } from './policyReports/tell.ts';
import type { ApplyPorts } from './ports.ts';
import { apiServerObserver } from './posture/observer.ts';
import { tellClusterFinding } from './posture/tell.ts';
import { measureQueue } from './queueMetrics.ts';
import { reportIn } from './reportIn.ts';
import { tellReportChanged } from './reportTell.ts';
import { requireVersion } from './requireVersion.ts';
import { createRights } from './rights.ts';
import { tellRollout } from './rollout/tell.ts';
import type { RunningServer } from './server.ts';
import { startServers } from './servers.ts';
import { eventsSink, noteOn } from './sinks/eventsSink.ts';
import { logSink } from './sinks/logSink.ts';
import { metricsSink } from './sinks/metricsSink.ts';
import type { Sink } from './sinks/sink.ts';
import { guarded } from './sinks/sink.ts';
import { collectState } from './stateMetrics.ts';
import type { StatusSources } from './statusPage/statusServer.ts';
import { serveStatusPage } from './statusPage/statusServer.ts';
import { aborted, sleep } from './waiting.ts';
import { collectWaivers } from './waiverMetrics.ts';
import { tellWaiver } from './waivers/tell.ts';
import type { Watches } from './watches.ts';
import { createWatches } from './watches.ts';

export interface OperatorOptions {
  readonly kubeconfig: string | undefined;
  readonly metricsBindAddress: string;
  readonly healthBindAddress: string;
  /** Without a host: on loopback. */
  readonly statusPageBindAddress: string;
  readonly ownNamespace: string;
  /** The pod's name, for Events. */
  readonly instance: string;
  /** Undefined: it is alone, and leads. */
  readonly election: ElectionOptions | undefined;
  /** How the audit policy is proved. */
  readonly proof: ProofOptions;
  readonly version: string;
  readonly logger: Logger;
}

const CONTROLS = { controls, clusterControls };
const DISCOVERY_EVERY_MS = 600_000;
/** Until it answers, the compliance of every network is unknown. */
const DISCOVERY_AGAIN_MS = 15_000;
/** A pod has ten seconds between SIGTERM and SIGKILL (manifests); Events, servers and the Lease need some of them. */
const DRAIN_WITHIN_MS = 6_000;

/**
 * Runs the operator until `signal` aborts, then finishes what runs, at most within ten seconds. Rejects with a sentence
 * when it cannot start (a bad address, a port in use, an API server that is too old), and when it led and lost the Lease:
 * what it knew of its own writes is worth nothing then, and a new process stands by in a second.
 */
export async function runOperator(options: OperatorOptions, signal: AbortSignal): Promise<void> {
  const { logger, election, ownNamespace: namespace, kubeconfig } = options;
  const metrics = createMetrics();
  metrics.set('drawbridge_build_info', { version: options.version }, 1);
  const answered = outageEnds(
    () => systemClock.nowMs(),
    () => {
      watches.wake();
      for (const queue of Object.values(engine.queues)) queue.retryNow();
    },
  );
  const access = loadClusterAccess(kubeconfig === undefined ? {} : { kubeconfig });
  // With the identity, the audit log tells replicas apart.
  const userAgent = `drawbridge/${options.version}${election === undefined ? '' : ` (${election.identity})`}`;
  const onResponse = ({ code, method, host }: ResponseNote): void => {
    metrics.count('rest_client_requests_total', { code, method, host });
    answered(code);
  };
  const transport = createTransport(access, { userAgent, onResponse });
  const store = createStore([]);
  const health = createHealth(systemClock);
  const watches = createWatches(transport, store, metrics, logger, options.ownNamespace, health.awakeMs);
  const lost = new AbortController();
  const ends = AbortSignal.any([signal, lost.signal]);
  const onLost = (why: string): void => {
    breakOff(engine, watches);
    void transport.close();
    lost.abort(new Error(`the operator leads no longer: ${why}`));
  };
  const leadership = leadershipOf(election, { access, namespace, userAgent, metrics, logger, onResponse, onLost });
  // Whatever writes does it through this one.
  const writing = leadership.fenced(transport);
  const giveWayMs = (waitedMs: number): number => engine.giveWay.waitMs('live', waitedMs);
  const events = recorderOf(writing, store, { reportingInstance: options.instance, giveWayMs }, metrics);
  const proof = createProofPorts(options.proof, { access, transport, each: { userAgent, onResponse }, leadership });
  const onAuthor = (drift: Drift, user: string): void => engine.noteAuthor(drift, user);
  const attribution = connectAttribution(proof, createAuthorTelling(events, logger, metrics), onAuthor);
  const engine = createEngine({
    ...CONTROLS,
    observeApiServer: apiServerObserver(access, transport, { userAgent, onResponse }),
    proof,
    store,
    clock: systemClock,
    ownNamespace: options.ownNamespace,
    sink: guarded([...sinksOf(metrics, logger, events, store), ...attribution.sinks], logger),
    ensureWatched: (kinds) => watches.ensure(kinds),
    isCrdTerminating: () => isCrdTerminating(transport),
    entryOf: projectAnswer,
    ...notices(options.ownNamespace, events, logger, metrics),
    ...portsOf(writing, store, options.ownNamespace),
  });
  measure(metrics, engine, logger);
  serveState(metrics, store, engine, leadership, attribution.sinks.length > 0);
  const checks = checksOf(health, watches, engine);
  const servers = await startAll(options, metrics, checks, engine, { index: store, leads: leadership.leads });
  try {
    await requireVersion(() => serverVersion(transport), logger, signal);
    const discovery = keepDiscovering(transport, engine, logger);
    const working = discovery.asked.then(() =>
      work(engine, leadership, ends, () => logger.info('started', { watches: watches.kinds() })),
    );
    await Promise.race([working, aborted(ends)]);
    await aborted(ends);
    discovery.stop();
    lost.signal.throwIfAborted();
    logger.info('stopping');
    await Promise.race([engine.drain(), sleep(DRAIN_WITHIN_MS), aborted(lost.signal)]);
  } finally {
    health.stop();
    breakOff(engine, watches);
    attribution.stop();
    await events.stop();
    await Promise.all(servers.map((server) => server.close()));
    // Nothing is on its way any more when another replica begins.
    await Promise.all([transport.close(), proof.close()]);
    await leadership.release();
  }
}

/** Events about what the store knows. */
function recorderOf(
  writing: JsonTransport,
  store: Store,
  options: Pick<EventRecorderOptions, 'reportingInstance' | 'giveWayMs'>,
  metrics: Metrics,
): EventRecorder {
  const onLoss = (): void => metrics.count('drawbridge_events_dropped_total', {});
  return identified(createEventRecorder(writing, { ...options, fieldManager: FIELD_MANAGER, onLoss }), store);
}

/** What is served over HTTP; the status page only when it is asked for. */
async function startAll(
  options: OperatorOptions,
  metrics: Metrics,
  health: readonly Check[],
  engine: Engine,
  sources: Omit<StatusSources, 'ledger'>,
): Promise<readonly RunningServer[]> {
  const ready = [{ name: 'stores', failing: () => engine.notReady() }];
  const servers = await startServers(options, { metrics, health, ready });
  const bind = parseBindAddress(options.statusPageBindAddress);
  if (bind === undefined) return servers;
  const page = await serveStatusPage(bind, { ...sources, ledger: engine.ledger });
  options.logger.info('listening', { what: 'status page', address: page.address });
  return [...servers, page];
}

const leadershipOf = (
  election: ElectionOptions | undefined,
  rest: Omit<LeadershipOptions, keyof ElectionOptions>,
): Leadership => (election === undefined ? ALONE : createLeadership({ ...election, ...rest }));

function breakOff(engine: Engine, watches: Watches): void {
  for (const queue of Object.values(engine.queues)) queue.abort();
  watches.stop();
}

/** Stands by with all that is watched until it leads, then works. */
async function work(engine: Engine, leadership: Leadership, ends: AbortSignal, onStarted: () => void): Promise<void> {
  await engine.follow();
  if (ends.aborted) return;
  await leadership.elected();
  if (ends.aborted) return;
  await engine.start();
  onStarted();
}

/** Everything that tells of what was found and done. */
function sinksOf(metrics: Metrics, logger: Logger, events: EventRecorder, store: Store): readonly Sink[] {
  const isTerminating = (namespace: string): boolean => store.get('Namespace', '', namespace)?.deleting ?? true;
  const reportOf = (namespace: string) => reportIn(store, namespace)?.body.report;
  const toEvents = eventsSink((note) => events.record(note), isTerminating, reportOf);
  return [metricsSink(metrics), logSink(logger), toEvents];
}

/** What is told beside outcomes. */
const notices = (
  ownNamespace: string,
  events: EventRecorder,
  logger: Logger,
  metrics: Metrics,
): Pick<
  EngineOptions,
  | 'onFact'
  | 'onPruning'
  | 'onAuditRepair'
  | 'onAdmissionRepair'
  | 'onProof'
  | 'onWaiver'
  | 'onRollout'
  | 'onClusterFinding'
  | 'onPolicyReports'
  | 'onReportChanged'
> => ({
  onReportChanged: (namespace) => tellReportChanged(namespace, events, logger),
  onPolicyReports: (note) => tellPolicyReports(note, logger),
  onWaiver: (turn) => tellWaiver(turn, events, logger),
  onRollout: (turn) => tellRollout(turn, events, logger),
  onClusterFinding: (finding) => tellClusterFinding(finding, events, logger),
  onProof: createProofTelling(ownNamespace, events, logger, metrics),
  onAuditRepair: (repair) => tellAuditRepair(repair, events, logger, metrics),
  onAdmissionRepair: (repair) => tellAdmissionRepair(repair, events, logger, metrics),
  onFact: (note) => {
    logger.warn('a fact changed', { ...note });
    events.record(noteOn(note.ref, 'Warning', note.reason, 'Observe', note.note));
  },
  onPruning: (baseline, left) => {
    const note = `waiting for namespaces to be pruned (${left.length}): ${left.slice(0, 5).join(', ')}`;
    events.record(noteOn(baseline, 'Normal', 'Pruning', 'Prune', note));
  },
});

/** What the controllers may do to the world: write through the transport, and put the answers into the store. */
function portsOf(
  transport: JsonTransport,
  store: Store,
  ownNamespace: string,
): Pick<EngineOptions, 'ports' | 'admission'> {
  const ports: ApplyPorts = {
    writer: createWriter(transport, [...KINDS, ...POLICY_REPORT_KINDS], { fieldManager: FIELD_MANAGER }),
    index: store,
    acknowledge: (entry) => store.acknowledge(entry),
    acknowledgeDelete: (ref) => store.acknowledgeDelete(ref),
    lacksRight: createRights(transport, () => systemClock.nowMs()),
    nowMs: () => systemClock.nowMs(),
  };
  return { ports, admission: createAdmissionQuestions(transport, ports.lacksRight, ownNamespace) };
}

function measure(metrics: Metrics, engine: Engine, logger: Logger): void {
  for (const [name, queue] of Object.entries(engine.queues)) {
    measureQueue(metrics, name, queue, CONCURRENCY[name as keyof typeof CONCURRENCY]);
    queue.settled$.subscribe(({ key, error }) => {
      if (error !== undefined) logger.error('a reconciliation failed', { controller: name, key, error: String(error) });
    });
  }
  metrics.onScrape(() => metrics.set('drawbridge_contested_objects', {}, engine.ledger.contested()));
}

function serveState(
  metrics: Metrics,
  store: Store,
  { ledger, posture, waivers: states, rollout }: Engine,
  { leads }: Leadership,
  attributes: boolean,
): void {
  collectState(metrics, store, ledger, leads, posture.findings, rollout);
  beginSeries(metrics, { controls, index: store, leads, attributes });
  collectWaivers(metrics, { index: store, states, leads });
}

function checksOf(health: Health, watches: Watches, engine: Engine): readonly Check[] {
  const queues = Object.entries(engine.queues).map(([name, queue]) => {
    const concurrency = CONCURRENCY[name as keyof typeof CONCURRENCY];
    return [name, { queue, concurrency }] as const;
  });
  return health.checks(watches.stuck, Object.fromEntries(queues));
}

/**
 * Asks now and then which API groups are served, for another policy API makes network compliance unknown (THREATS 20), and
 * which version the server has: it may be upgraded meanwhile.
 */
function keepDiscovering(transport: Transport, engine: Engine, logger: Logger): Discovery {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const look = async (): Promise<void> => {
    const answered = await Promise.all([servedGroups(transport), serverVersion(transport)]).then(
      ([groups, { minor }]) => {
        const names = groups.map(({ group }) => group);
        engine.served(names, minor);
        return true;
      },
      (error: unknown) => {
        logger.warn('discovery did not answer', { error: String(error) });
        return false;
      },
    );
    if (!stopped) timer = setTimeout(look, answered ? DISCOVERY_EVERY_MS : DISCOVERY_AGAIN_MS);
  };
  return {
    asked: look(),
    stop: () => {
      stopped = true;
      clearTimeout(timer);
    },
  };
}

interface Discovery {
  /** It was asked once, and answered or not: what is decided before would be half an answer (THREATS 19). */
  readonly asked: Promise<void>;
  stop(): void;
}

/** Deleting the CRD deletes every baseline, which is nobody's wish to open the network (THREATS 3). */
async function isCrdTerminating(transport: Transport): Promise<boolean> {
  const crd = await transport.json<KubeObject>({
    method: 'GET',
    path: '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/securitybaselines.drawbridge.dev',
  });
  return crd.metadata.deletionTimestamp !== undefined;
}

function projectAnswer(raw: KubeObject): ReturnType<typeof entryOf> | undefined {
  const kept = kindRow(raw.kind).project(raw, 0);
  return kept === undefined ? undefined : entryOf(raw.kind, raw, kept);
}

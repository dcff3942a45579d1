import { FIELD_MANAGER } from '../api/names.ts';
import { clusterControls, controls } from '../controls/index.ts';
import type { Drift } from '../core/plan/changeResult.ts';
import type { KubeObject } from '../k8s/object.ts';
import { loadClusterAccess } from '../kube/config.ts';
import { serverVersion } from '../kube/discovery.ts';
import type { EventRecorder, EventRecorderOptions } from '../kube/events.ts';
import { createEventRecorder } from '../kube/events.ts';
import type { Store } from '../kube/store.ts';
import { createStore } from '../kube/store.ts';
import type { JsonTransport, ResponseNote, Transport } from '../kube/transport.ts';
import { createTransport } from '../kube/transport.ts';
import { connectAttribution } from './attribution/connect.ts';
import { createAuthorTelling } from './attribution/tell.ts';
import type { ProofOptions } from './auditProof/proofPorts.ts';
import { createProofPorts } from './auditProof/proofPorts.ts';
import { parseBindAddress } from './bindAddress.ts';
import { systemClock } from './clock.ts';
import { keepDiscovering } from './discovering.ts';
import type { Engine } from './engine.ts';
import { createEngine } from './engine.ts';
import { createHealth } from './health/health.ts';
import type { Check } from './health/healthPage.ts';
import { identified } from './identified.ts';
import type { ElectionOptions, Leadership, LeadershipOptions } from './leadership.ts';
import { ALONE, createLeadership } from './leadership.ts';
import type { Logger } from './logger.ts';
import { checksOf, measure, serveState } from './measure.ts';
import type { Metrics } from './metrics.ts';
import { createMetrics } from './metrics.ts';
import { outageEnds } from './outage.ts';
import { apiServerObserver } from './posture/observer.ts';
import { requireVersion } from './requireVersion.ts';
import type { RunningServer } from './server.ts';
import { startServers } from './servers.ts';
import { guarded } from './sinks/sink.ts';
import type { StatusSources } from './statusPage/statusServer.ts';
import { serveStatusPage } from './statusPage/statusServer.ts';
import { notices, sinksOf } from './telling.ts';
import { aborted, sleep } from './waiting.ts';
import type { Watches } from './watches.ts';
import { createWatches } from './watches.ts';
import { portsOf, projectAnswer } from './worldPorts.ts';

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
    const known = Promise.all([engine.follow(), discovery.asked]);
    const working = work(engine, leadership, ends, known, () => logger.info('started', { watches: watches.kinds() }));
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

/** Stands by with all that is known until it leads, then works. */
async function work(
  engine: Engine,
  leadership: Leadership,
  ends: AbortSignal,
  known: Promise<unknown>,
  onStarted: () => void,
): Promise<void> {
  await known;
  if (ends.aborted) return;
  await leadership.elected();
  if (ends.aborted) return;
  await engine.start();
  onStarted();
}

/** Deleting the CRD deletes every baseline, which is nobody's wish to open the network (THREATS 3). */
async function isCrdTerminating(transport: Transport): Promise<boolean> {
  const crd = await transport.json<KubeObject>({
    method: 'GET',
    path: '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/securitybaselines.drawbridge.dev',
  });
  return crd.metadata.deletionTimestamp !== undefined;
}

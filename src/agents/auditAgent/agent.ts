import { FIELD_MANAGER } from '../../api/names.ts';
import { loadClusterAccess } from '../../kube/config.ts';
import { createLeaseLock } from '../../kube/leaseLock.ts';
import type { Transport } from '../../kube/transport.ts';
import { createTransport } from '../../kube/transport.ts';
import { createHeartbeat, keepBeating } from '../../operator/health/heartbeat.ts';
import { createMetrics } from '../../operator/metrics.ts';
import { startServers } from '../../operator/servers.ts';
import type { Alarm } from './alarm.ts';
import { createAlarm } from './alarm.ts';
import { openDisk } from './disk.ts';
import { followPointer } from './follow.ts';
import type { LocalServer } from './localServer.ts';
import { createLocalServer } from './localServer.ts';
import { AUDIT_AGENT_METRICS } from './metricTable.ts';
import type { AuditAgentOptions } from './options.ts';
import { checkOptions } from './options.ts';
import type { Prover } from './proof.ts';
import { createProver } from './proof.ts';
import type { Publication } from './publication.ts';
import { createPublication } from './publication.ts';
import { createReporter } from './reporter.ts';
import { createTelling } from './tell.ts';
import { createTurn } from './turn.ts';
import type { Worker } from './worker.ts';
import { createWorker } from './worker.ts';

/** The Lease in the agent's namespace by which nodes take turns. */
export const TURN_LEASE = 'drawbridge-audit-agent';

/**
 * Brings the published audit policy to the API server of this node until the signal, or until it is killed: whatever it was
 * doing, the next process finishes or undoes it.
 * @throws a sentence when the options are wrong, or a file of its own cannot be read
 */
export async function runAuditAgent(options: AuditAgentOptions, signal: AbortSignal): Promise<void> {
  checkOptions(options);
  const { clock, version } = options;
  const access = loadClusterAccess(options.kubeconfig === undefined ? {} : { kubeconfig: options.kubeconfig });
  const userAgent = `drawbridge-audit-agent/${version}`;
  const transport = createTransport(access, { userAgent, connections: 4 });
  const server = createLocalServer(access, {
    url: options.localServer,
    serverName: options.localServerName,
    userAgent,
  });
  const prover = createProver(options, access, transport);
  const publication = createPublication(transport, options.operatorNamespace);
  const metrics = createMetrics({ rows: AUDIT_AGENT_METRICS });
  metrics.set('drawbridge_audit_agent_build_info', { version }, 1);
  const heartbeat = createHeartbeat(clock.nowMs());
  const stopBeating = keepBeating(heartbeat, clock, () => {});
  try {
    const pages = await startServers(options, {
      metrics,
      health: [{ name: 'event-loop', failing: heartbeat.failing }],
      ready: [
        { name: 'published', failing: () => (publication.isKnown() ? undefined : 'what is published was not seen') },
      ],
    });
    try {
      const telling = createTelling(options.node, options.logger, metrics);
      await work({ options, transport, server, publication, telling, prover }, signal);
    } finally {
      await Promise.all(pages.map((page) => page.close()));
    }
  } finally {
    stopBeating();
    await Promise.all([server.close(), prover.close(), transport.close()]);
  }
}

interface Parts {
  readonly options: AuditAgentOptions;
  readonly transport: Transport;
  readonly server: LocalServer;
  readonly publication: Publication;
  readonly telling: ReturnType<typeof createTelling>;
  readonly prover: Prover;
}

async function work(parts: Parts, signal: AbortSignal): Promise<void> {
  const { options, transport, server, publication, telling, prover } = parts;
  const { clock, limits, logger, node, ownNamespace } = options;
  const lock = createLeaseLock(transport, {
    namespace: ownNamespace,
    name: TURN_LEASE,
    fieldManager: `${FIELD_MANAGER}-audit-agent`,
    timeoutMs: limits.lease.renewDeadlineMs / 2,
  });
  const turn = createTurn({ lock, node, times: limits.lease, clock, logger });
  const reporter = createReporter(transport, ownNamespace, clock, logger);
  const alarm = createAlarm(clock);
  const watch = followPointer(transport, options.operatorNamespace).subscribe((sight) => {
    publication.hear(sight);
    alarm.ring();
  });
  let step = 'look';
  try {
    const worker = await createWorker({
      disk: await openDisk(options.policyFile, options.manifestFile),
      server,
      turn,
      publication,
      clock,
      logger,
      readyMs: options.readyMs,
      proofMs: limits.proofMs,
      proof: prover.prove,
      onStep: (told) => {
        step = told.step.step;
        reporter.say(telling.step(told));
      },
      onChange: (before, after) => telling.change(before, after, Date.parse(clock.timestamp())),
    });
    await loop(worker, limits, alarm, (error) => telling.failed(step, error), signal);
  } finally {
    watch.unsubscribe();
    reporter.stop();
    await turn.stop();
  }
}

/** A roll-out has fewer. What seems to be done and is not, is not done in a hurry again. */
const STEPS_AT_ONCE = 20;

async function loop(
  worker: Worker,
  { pollMs, restMs }: AuditAgentOptions['limits'],
  alarm: Alarm,
  onError: (error: unknown) => void,
  signal: AbortSignal,
): Promise<void> {
  let steps = 0;
  while (!signal.aborted) {
    const pace = await worker(signal).catch((error: unknown) => {
      if (!signal.aborted) onError(error);
      return 'soon' as const;
    });
    steps = pace === 'again' ? steps + 1 : 0;
    if (steps % STEPS_AT_ONCE !== 0) continue;
    await alarm.wait(pace === 'rest' ? restMs : pollMs, signal);
  }
}

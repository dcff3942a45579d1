import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createHeartbeat, keepBeating } from '../../operator/health/heartbeat.ts';
import type { Metrics } from '../../operator/metrics.ts';
import { createMetrics } from '../../operator/metrics.ts';
import { startServers } from '../../operator/servers.ts';
import type { ByteBudget } from './byteBudget.ts';
import { createByteBudget } from './byteBudget.ts';
import type { Door } from './door.ts';
import { openDoor } from './door.ts';
import { createEvidencePages } from './evidencePages.ts';
import type { Keeper } from './keeper.ts';
import { openKeeper } from './keeper.ts';
import { NO_POSITIONS, openPositions } from './logPosition.ts';
import { followLogs } from './logTails.ts';
import { RECEIVER_METRICS } from './metricTable.ts';
import type { ReceiverAddresses, ReceiverOptions } from './options.ts';
import { checkOptions } from './options.ts';
import type { Listening } from './secureServer.ts';
import { listenPlainly, listenSecurely } from './secureServer.ts';
import { createWebhook } from './webhook.ts';

/**
 * Receives audit events until the signal: batches of API servers' webhooks, and log files. Resolves when all that was
 * acknowledged has been taken up.
 * @throws a sentence when the options would have it open to anybody, or a file or an address cannot be used
 */
export async function runReceiver(options: ReceiverOptions, signal: AbortSignal): Promise<void> {
  const { clock, limits, logger, version } = options;
  const addresses = checkOptions(options);
  const metrics = createMetrics({ rows: RECEIVER_METRICS });
  metrics.set('drawbridge_audit_receiver_build_info', { version }, 1);
  const door = openDoor(options, metrics);
  const heartbeat = createHeartbeat(clock.nowMs());
  const stopBeating = keepBeating(heartbeat, clock, () => {});
  let keeper: Keeper | undefined;
  // Served from the start: what is read back may take longer than a kubelet's patience.
  const pages = await startServers(options, {
    metrics,
    health: [{ name: 'event-loop', failing: heartbeat.failing }],
    ready: [{ name: 'state', failing: () => (keeper ? undefined : 'what was kept is being read back') }],
  });
  try {
    const budget = createByteBudget(limits.queueBytes);
    keeper = await open(options, metrics, budget);
    await receive({ options, addresses, metrics, door, budget, keeper }, signal);
    logger.info('all that was acknowledged has been taken up', { ...keeper.record.tallies() });
  } finally {
    stopBeating();
    await Promise.all(pages.map((page) => page.close()));
  }
}

interface Parts {
  readonly options: ReceiverOptions;
  readonly addresses: ReceiverAddresses;
  readonly metrics: Metrics;
  readonly door: Door;
  readonly budget: ByteBudget;
  readonly keeper: Keeper;
}

async function receive(parts: Parts, signal: AbortSignal): Promise<void> {
  const { door, keeper, options } = parts;
  const servers: Listening[] = [];
  const stopReloading = door.reload((files) => {
    for (const server of servers) server.renew(files);
  });
  try {
    await startListening(parts, servers);
    await Promise.all([readLogs(parts, signal), aborted(signal)]);
  } finally {
    stopReloading();
    await Promise.all(servers.map((server) => server.close(options.limits.drainMs)));
    await keeper.close();
  }
}

async function open(options: ReceiverOptions, metrics: Metrics, budget: ByteBudget): Promise<Keeper> {
  const { limits, logger, clock, stateDir, onEvent } = options;
  if (stateDir !== undefined) await mkdir(stateDir, { recursive: true, mode: 0o700 });
  const startedMs = clock.nowMs();
  const keeper = await openKeeper({
    stateDir,
    spoolBytes: limits.spoolBytes,
    budget,
    record: { limits, metrics, waitingBytes: budget.used, timestamp: clock.timestamp, onEvent },
    onError: (error) => logger.error('a batch was not taken up', { error: String(error) }),
  });
  const ms = Math.round(clock.nowMs() - startedMs);
  if (stateDir !== undefined) logger.info('what was kept is read back', { ...keeper.record.tallies(), ms });
  return keeper;
}

async function startListening(parts: Parts, servers: Listening[]): Promise<void> {
  const { addresses, budget, door, keeper, metrics, options } = parts;
  const add = async (what: string, listening: Promise<Listening>): Promise<void> => {
    const server = await listening;
    servers.push(server);
    options.logger.info('listening', { what, address: server.address });
  };
  const times = { requestTimeoutMs: options.limits.requestTimeoutMs };
  const { evidence } = keeper.record;
  if (addresses.webhook !== undefined) {
    const listener = createWebhook(options, metrics, door, budget, keeper);
    await add('webhook', listenSecurely(addresses.webhook, door.files(), listener, times));
  }
  if (addresses.evidence !== undefined && addresses.isEvidencePlain) {
    await add(
      'evidence',
      listenPlainly(
        addresses.evidence,
        createEvidencePages(evidence, () => true),
      ),
    );
  } else if (addresses.evidence !== undefined) {
    const listener = createEvidencePages(evidence, door.isKnown);
    await add('evidence', listenSecurely(addresses.evidence, door.files(), listener, times));
  }
}

async function readLogs({ options, metrics, budget, keeper }: Parts, signal: AbortSignal): Promise<void> {
  const { stateDir, auditLogs, limits, logger } = options;
  const positions = stateDir === undefined ? NO_POSITIONS : await openPositions(join(stateDir, 'positions.json'));
  const onGap = (): void => {
    keeper.record.miss('gaps');
    metrics.count('drawbridge_audit_receiver_log_gaps_total', {});
  };
  const keep = (bytes: Buffer): Promise<void> => keeper.keep({ source: 'log', bytes });
  await followLogs({ paths: auditLogs, positions, budget, pollMs: limits.pollMs, keep, onGap, logger }, signal);
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

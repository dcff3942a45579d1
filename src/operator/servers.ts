import { parseBindAddress } from './bindAddress.ts';
import type { Check } from './health/healthPage.ts';
import { healthPage } from './health/healthPage.ts';
import type { Logger } from './logger.ts';
import type { Metrics } from './metrics.ts';
import type { RunningServer } from './server.ts';
import { serve } from './server.ts';

export interface ServersOptions {
  /** `0` serves none. */
  readonly metricsBindAddress: string;
  readonly healthBindAddress: string;
  readonly logger: Logger;
}

export interface Served {
  readonly metrics: Metrics;
  /** Of /healthz: the process cannot do its work and a new one could. */
  readonly health: readonly Check[];
  /** Of /readyz: it knows what it has to. */
  readonly ready: readonly Check[];
}

/** Connections; a Prometheus has one. */
const MAX_SCRAPERS = 64;

/** Starts what is asked of the process over HTTP. Rejects with a sentence when an address is bad or its port in use. */
export async function startServers(
  options: ServersOptions,
  { metrics, health, ready }: Served,
): Promise<readonly RunningServer[]> {
  const pages = {
    metrics: { '/metrics': async () => ({ status: 200, type: metrics.contentType, body: await metrics.text() }) },
    health: {
      '/healthz': () => healthPage(health),
      '/livez': () => healthPage(health),
      '/readyz': () => healthPage(ready),
    },
  };
  const servers: RunningServer[] = [];
  for (const [what, address] of [
    ['metrics', options.metricsBindAddress],
    ['health', options.healthBindAddress],
  ] as const) {
    const bind = parseBindAddress(address);
    if (bind === undefined) continue;
    const server = await serve(bind, pages[what], what === 'metrics' ? MAX_SCRAPERS : undefined);
    servers.push(server);
    options.logger.info('listening', { what, address: server.address });
  }
  return servers;
}

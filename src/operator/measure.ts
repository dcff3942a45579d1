import { controls } from '../controls/index.ts';
import type { Store } from '../kube/store.ts';
import { CONCURRENCY } from './concurrency.ts';
import type { Engine } from './engine.ts';
import { beginSeries } from './firstSeries.ts';
import type { Health } from './health/health.ts';
import type { Check } from './health/healthPage.ts';
import type { Leadership } from './leadership.ts';
import type { Logger } from './logger.ts';
import type { Metrics } from './metrics.ts';
import { measureQueue } from './queueMetrics.ts';
import { collectState } from './stateMetrics.ts';
import { collectWaivers } from './waiverMetrics.ts';
import type { Watches } from './watches.ts';

/** Measures the queues; what fails in them is logged. */
export function measure(metrics: Metrics, engine: Engine, logger: Logger): void {
  for (const [name, queue] of Object.entries(engine.queues)) {
    measureQueue(metrics, name, queue, CONCURRENCY[name as keyof typeof CONCURRENCY]);
    queue.settled$.subscribe(({ key, error }) => {
      if (error !== undefined) logger.error('a reconciliation failed', { controller: name, key, error: String(error) });
    });
  }
  metrics.onScrape(() => metrics.set('drawbridge_contested_objects', {}, engine.ledger.contested()));
}

/** Serves what is so now, when it is scraped: namespaces and findings by state, waivers, roll-outs. */
export function serveState(
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

/** What a probe asks: watches that are stuck, and keys that run for too long. */
export function checksOf(health: Health, watches: Watches, engine: Engine): readonly Check[] {
  const queues = Object.entries(engine.queues).map(([name, queue]) => {
    const concurrency = CONCURRENCY[name as keyof typeof CONCURRENCY];
    return [name, { queue, concurrency }] as const;
  });
  return health.checks(watches.stuck, Object.fromEntries(queues));
}

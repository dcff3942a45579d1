import type { Metrics } from '../metrics.ts';
import type { Sink } from './sink.ts';

/** Counts drift and repairs. State is not counted here: it is read from the ledger at each scrape. */
export const metricsSink =
  (metrics: Metrics): Sink =>
  ({ drifts }) => {
    for (const { baseline, control, change, result, repairedInMs, again } of drifts) {
      if (again !== true) metrics.count('drawbridge_drift_detected_total', { baseline, control, change });
      if (result !== 'reported') metrics.count('drawbridge_repairs_total', { baseline, control, result });
      if (repairedInMs !== undefined) metrics.observe('drawbridge_repair_seconds', { control }, repairedInMs / 1000);
    }
  };

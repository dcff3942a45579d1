import { SECURITY_BASELINE } from '../api/names.ts';
import type { Control } from '../core/control/control.ts';
import type { BaselineBody } from '../core/model/bodies.ts';
import type { Drift } from '../core/plan/changeResult.ts';
import type { Entry } from '../k8s/entry.ts';
import type { ObjectIndex } from '../k8s/objectIndex.ts';
import type { Metrics } from './metrics.ts';

const CHANGES: readonly Drift['change'][] = ['deleted', 'modified', 'missing'];
const RESULTS: readonly Drift['result'][] = ['repaired', 'failed'];

export interface FirstSeriesOptions {
  readonly controls: readonly Control[];
  readonly index: ObjectIndex;
  readonly leads: () => boolean;
  /** Whether the audit log is asked who is behind drift. */
  readonly attributes: boolean;
}

/**
 * Counters of what has not happened yet begin at zero, with their baseline: Prometheus sees no increase in a series that
 * begins at one, so that an alert would miss the first failure (prometheus.io/docs/practices/instrumentation).
 */
export function beginSeries(metrics: Metrics, { controls, index, leads, attributes }: FirstSeriesOptions): void {
  for (const { id } of controls) metrics.zero('drawbridge_repair_seconds', { control: id });
  metrics.onScrape(() => {
    if (!leads()) return;
    for (const { name, body } of index.ofKind(SECURITY_BASELINE.kind) as Iterable<Entry<BaselineBody>>) {
      const declared = controls.filter(({ section }) => body.spec[section] !== undefined);
      for (const { id } of declared) begin(metrics, name, id, attributes);
    }
  });
}

function begin(metrics: Metrics, baseline: string, control: string, attributes: boolean): void {
  for (const change of CHANGES) metrics.count('drawbridge_drift_detected_total', { baseline, control, change }, 0);
  for (const result of RESULTS) metrics.count('drawbridge_repairs_total', { baseline, control, result }, 0);
  if (attributes) metrics.count('drawbridge_drift_attributed_total', { baseline, control, user: '' }, 0);
}

import { BASELINE_WAIVER } from '../api/names.ts';
import type { WaiverState } from '../api/types.ts';
import type { WaiverBody } from '../core/model/bodies.ts';
import type { Entry } from '../k8s/entry.ts';
import type { ObjectIndex } from '../k8s/objectIndex.ts';
import type { Metrics } from './metrics.ts';

export interface WaiverMetricsOptions {
  readonly index: ObjectIndex;
  /** How many waivers are in which state. */
  readonly states: () => Readonly<Record<WaiverState, number>>;
  readonly leads: () => boolean;
}

/** Written anew at each scrape: what ended, or was deleted, has no end any more. Only who leads has looked at waivers. */
export function collectWaivers(metrics: Metrics, { index, states, leads }: WaiverMetricsOptions): void {
  metrics.onScrape(() => {
    for (const [state, count] of Object.entries(states())) {
      metrics.set('drawbridge_waivers', { state: state.toLowerCase() }, count);
    }
    metrics.reset('drawbridge_waiver_expiry_timestamp_seconds');
    if (!leads()) return;
    for (const { name, body } of index.ofKind(BASELINE_WAIVER.kind) as Iterable<Entry<WaiverBody>>) {
      if (body.status?.state !== 'Active') continue;
      const endsMs = Date.parse(body.spec.expiresAt);
      metrics.set('drawbridge_waiver_expiry_timestamp_seconds', { waiver: name }, endsMs / 1000);
    }
  });
}

import { CONTROL } from '../../controls/admission/compile.ts';
import { quoteForeign } from '../../core/model/finding.ts';
import type { ObjectRef } from '../../k8s/ref.ts';
import type { EventRecorder } from '../../kube/events.ts';
import type { Logger } from '../logger.ts';
import type { Metrics } from '../metrics.ts';
import { noteOn } from '../sinks/eventsSink.ts';

/** A policy or binding of ours that somebody changed or deleted, and that is right again. */
export interface AdmissionRepair {
  readonly ref: ObjectRef;
  /** Of several, the first. */
  readonly baseline: string;
  readonly change: 'deleted' | 'modified';
  readonly fields: readonly string[];
}

/** The log line, the Event and the metrics of a repair, as those of drift in a namespace. */
export function tellAdmissionRepair(
  { ref, baseline, change, fields }: AdmissionRepair,
  events: EventRecorder,
  logger: Logger,
  metrics: Metrics,
): void {
  const object = `${ref.kind} ${ref.name}`;
  logger.warn('drift repaired', { control: CONTROL, object, change, fields });
  const at = fields.length === 0 ? '' : ` at ${fields.slice(0, 4).map(quoteForeign).join(', ')}`;
  const note = `${object} was ${change}${at}; put right at once`;
  events.record(noteOn(ref, 'Warning', 'DriftRepaired', 'Repair', note));
  metrics.count('drawbridge_drift_detected_total', { baseline, control: CONTROL, change });
  metrics.count('drawbridge_repairs_total', { baseline, control: CONTROL, result: 'repaired' });
}

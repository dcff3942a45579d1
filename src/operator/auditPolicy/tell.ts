import { quoteForeign } from '../../core/model/finding.ts';
import type { EventRecorder } from '../../kube/events.ts';
import type { Logger } from '../logger.ts';
import type { Metrics } from '../metrics.ts';
import { noteOn } from '../sinks/eventsSink.ts';
import { CONTROL } from './objects.ts';
import type { AuditRepair } from './publisher.ts';

/** The log line, the Event and the metrics of a repair, as those of drift in a namespace. */
export function tellAuditRepair(repair: AuditRepair, events: EventRecorder, logger: Logger, metrics: Metrics): void {
  const { name, namespace, baseline, change, fields } = repair;
  const object = `ConfigMap ${namespace}/${name}`;
  logger.warn('drift repaired', { control: CONTROL, object, change, fields });
  const at = fields.length === 0 ? '' : ` at ${fields.slice(0, 4).map(quoteForeign).join(', ')}`;
  const note = `${object} was ${change}${at}; put right at once`;
  events.record(noteOn({ kind: 'ConfigMap', namespace, name }, 'Warning', 'DriftRepaired', 'Repair', note));
  metrics.count('drawbridge_drift_detected_total', { baseline, control: CONTROL, change });
  metrics.count('drawbridge_repairs_total', { baseline, control: CONTROL, result: 'repaired' });
}

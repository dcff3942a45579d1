import { BASELINE_REPORT } from '../api/names.ts';
import type { EventRecorder } from '../kube/events.ts';
import type { Logger } from './logger.ts';
import { noteOn } from './sinks/eventsSink.ts';

const WHY =
  'reports are stored otherwise than they are written, so that part of what namespaces are held to is lost with this process: apply the CRDs of this version, or see what changes BaselineReports at admission';

/** The log line and the Event of reports that do not keep what is written. */
export function tellReportChanged(namespace: string, events: EventRecorder, logger: Logger): void {
  logger.error('a report is stored otherwise than it is written', { namespace, why: WHY });
  const name = `${BASELINE_REPORT.plural}.${BASELINE_REPORT.group}`;
  const ref = { kind: 'CustomResourceDefinition', namespace: '', name };
  events.record(noteOn(ref, 'Warning', 'ReportChanged', 'Record', WHY));
}

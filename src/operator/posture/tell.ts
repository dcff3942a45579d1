import type { Finding } from '../../core/model/finding.ts';
import { objectName } from '../../core/model/finding.ts';
import type { EventRecorder } from '../../kube/events.ts';
import type { Logger } from '../logger.ts';
import { noteOn } from '../sinks/eventsSink.ts';

/** The log line and the Event of something wrong with the cluster, when it appears. */
export function tellClusterFinding(finding: Finding, events: EventRecorder, logger: Logger): void {
  const { control, check, severity, result, ref, reason, message } = finding;
  logger.warn('a finding about the cluster', { control, check, severity, result, object: objectName(ref), reason });
  events.record(noteOn(ref, 'Warning', reason, 'Inspect', message));
}

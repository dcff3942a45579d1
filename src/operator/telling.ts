import type { EventRecorder } from '../kube/events.ts';
import type { Store } from '../kube/store.ts';
import { tellAdmissionRepair } from './admission/tell.ts';
import { tellAuditRepair } from './auditPolicy/tell.ts';
import { createProofTelling } from './auditProof/tell.ts';
import type { EngineOptions } from './engine.ts';
import type { Logger } from './logger.ts';
import type { Metrics } from './metrics.ts';
import { tellPolicyReports } from './policyReports/tell.ts';
import { tellClusterFinding } from './posture/tell.ts';
import { reportIn } from './reportIn.ts';
import { tellReportChanged } from './reportTell.ts';
import { tellRollout } from './rollout/tell.ts';
import { eventsSink, noteOn } from './sinks/eventsSink.ts';
import { logSink } from './sinks/logSink.ts';
import { metricsSink } from './sinks/metricsSink.ts';
import type { Sink } from './sinks/sink.ts';
import { tellWaiver } from './waivers/tell.ts';

/** Everything that tells of what was found and done. */
export function sinksOf(metrics: Metrics, logger: Logger, events: EventRecorder, store: Store): readonly Sink[] {
  const isTerminating = (namespace: string): boolean => store.get('Namespace', '', namespace)?.deleting ?? true;
  const reportOf = (namespace: string) => reportIn(store, namespace)?.body.report;
  const toEvents = eventsSink((note) => events.record(note), isTerminating, reportOf);
  return [metricsSink(metrics), logSink(logger), toEvents];
}

/** What is told beside outcomes. */
export const notices = (
  ownNamespace: string,
  events: EventRecorder,
  logger: Logger,
  metrics: Metrics,
): Pick<
  EngineOptions,
  | 'onFact'
  | 'onPruning'
  | 'onAuditRepair'
  | 'onAdmissionRepair'
  | 'onProof'
  | 'onWaiver'
  | 'onRollout'
  | 'onClusterFinding'
  | 'onPolicyReports'
  | 'onReportChanged'
> => ({
  onReportChanged: (namespace) => tellReportChanged(namespace, events, logger),
  onPolicyReports: (note) => tellPolicyReports(note, logger),
  onWaiver: (turn) => tellWaiver(turn, events, logger),
  onRollout: (turn) => tellRollout(turn, events, logger),
  onClusterFinding: (finding) => tellClusterFinding(finding, events, logger),
  onProof: createProofTelling(ownNamespace, events, logger, metrics),
  onAuditRepair: (repair) => tellAuditRepair(repair, events, logger, metrics),
  onAdmissionRepair: (repair) => tellAdmissionRepair(repair, events, logger, metrics),
  onFact: (note) => {
    logger.warn('a fact changed', { ...note });
    events.record(noteOn(note.ref, 'Warning', note.reason, 'Observe', note.note));
  },
  onPruning: (baseline, left) => {
    const note = `waiting for namespaces to be pruned (${left.length}): ${left.slice(0, 5).join(', ')}`;
    events.record(noteOn(baseline, 'Normal', 'Pruning', 'Prune', note));
  },
});

import { AUDIT_POLICY_NAME } from '../../api/names.ts';
import type { ProofVerdict } from '../../audit/proof/verdict.ts';
import { NO_RECEIVER, NOT_PUBLISHED } from '../../audit/proof/verdict.ts';
import type { EventRecorder } from '../../kube/events.ts';
import type { Logger } from '../logger.ts';
import type { Metrics } from '../metrics.ts';
import { noteOn } from '../sinks/eventsSink.ts';

/** Tells of proofs: each in the metrics; in the log and by an Event when it says something else than the last. */
export function createProofTelling(
  namespace: string,
  events: EventRecorder,
  logger: Logger,
  metrics: Metrics,
): (verdict: ProofVerdict) => void {
  const pointer = { kind: 'ConfigMap', namespace, name: AUDIT_POLICY_NAME };
  let last: string | undefined;
  return ({ status, reason, message }) => {
    tellStatus(metrics, status === 'Unknown' && NOTHING_TO_PROVE.has(reason) ? undefined : status);
    if (reason === 'Proved') metrics.set('drawbridge_audit_proved_timestamp_seconds', {}, Date.now() / 1_000);
    const said = `${status} ${reason}`;
    if (said === last) return;
    const before = last;
    last = said;
    logger[status === 'False' ? 'warn' : 'info']('the proof of the audit policy', { status, reason, why: message });
    if (status === 'False')
      events.record(noteOn(pointer, 'Warning', 'AuditNotEffective', 'Prove', `${reason}: ${message}`));
    if (status === 'True' && before !== undefined)
      events.record(noteOn(pointer, 'Normal', 'AuditEffective', 'Prove', message));
  };
}

/** Nobody asked for a proof: there is no receiver to ask, or no policy to ask about. */
const NOTHING_TO_PROVE = new Set([NO_RECEIVER, NOT_PUBLISHED].map(({ reason }) => reason));

/** Undefined: there was no proof, which is nothing to be woken for. */
function tellStatus(metrics: Metrics, status: ProofVerdict['status'] | undefined): void {
  metrics.reset('drawbridge_audit_effective');
  if (status === undefined) return;
  for (const one of ['True', 'False', 'Unknown']) {
    metrics.set('drawbridge_audit_effective', { status: one }, one === status ? 1 : 0);
  }
}

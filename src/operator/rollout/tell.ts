import { SECURITY_BASELINE } from '../../api/names.ts';
import type { EventRecorder } from '../../kube/events.ts';
import type { Logger } from '../logger.ts';
import { noteOn } from '../sinks/eventsSink.ts';
import type { RolloutTurn } from './rollouts.ts';

/** The log line and the Event of a roll-out that stops, or is finished. */
export function tellRollout(turn: RolloutTurn, events: EventRecorder, logger: Logger): void {
  const { baseline, total } = turn;
  const ref = { kind: SECURITY_BASELINE.kind, namespace: '', name: baseline };
  if (turn.turn === 'finished') {
    logger.info('a roll-out is finished', { baseline, namespaces: total });
    events.record(noteOn(ref, 'Normal', 'RolloutFinished', 'RollOut', `${total} namespaces have had their turn`));
    return;
  }
  const { namespace, reason, message } = turn.trouble;
  logger.warn('a roll-out stands still', { baseline, namespace, reason, done: turn.done, namespaces: total });
  const note = `stopped at ${turn.done}/${total} by ${namespace}: ${reason}: ${message}`;
  events.record(noteOn(ref, 'Warning', 'RolloutPaused', 'RollOut', note));
}

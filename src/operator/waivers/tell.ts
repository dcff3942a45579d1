import { BASELINE_WAIVER } from '../../api/names.ts';
import type { WaiverState } from '../../api/types.ts';
import type { EventRecorder } from '../../kube/events.ts';
import type { WaiverTurn } from '../controllers/waivers.ts';
import type { Logger } from '../logger.ts';
import { noteOn } from '../sinks/eventsSink.ts';

const TURNS: Readonly<Record<WaiverState, { readonly reason: string; readonly type: 'Normal' | 'Warning' }>> = {
  Active: { reason: 'WaiverActive', type: 'Normal' },
  Expired: { reason: 'WaiverExpired', type: 'Normal' },
  Refused: { reason: 'WaiverRefused', type: 'Warning' },
  Inert: { reason: 'WaiverInert', type: 'Warning' },
};

/** The log line and the Event of a waiver that begins, ends, is refused or matches nothing. */
export function tellWaiver({ name, state, message }: WaiverTurn, events: EventRecorder, logger: Logger): void {
  const { reason, type } = TURNS[state];
  logger.info('a waiver turned', { waiver: name, state, why: message });
  events.record(noteOn({ kind: BASELINE_WAIVER.kind, namespace: '', name }, type, reason, 'Waive', message));
}

import { objectName, quoteForeign } from '../../core/model/finding.ts';
import type { Outcome } from '../../core/outcome/outcome.ts';
import type { Logger } from '../logger.ts';
import type { Sink } from './sink.ts';

/** One line per repair, per refusal and per take-over. */
export const logSink =
  (logger: Logger): Sink =>
  (outcome) => {
    logDrifts(logger, outcome);
    for (const change of outcome.takenOver) {
      logger.warn('took over an object under the reserved prefix', { object: objectName(change.ref) });
    }
    for (const { change, ...rest } of outcome.results) {
      if (rest.result !== 'failed') continue;
      const { reason, message, retry } = rest.refusal;
      logger.warn('a write was refused', {
        object: objectName(change.ref),
        reason,
        retry,
        refusal: quoteForeign(message),
      });
    }
  };

function logDrifts(logger: Logger, { drifts, namespace }: Outcome): void {
  for (const drift of drifts) {
    const fields = {
      namespace,
      object: objectName(drift.ref),
      baseline: drift.baseline,
      control: drift.control,
      change: drift.change,
      fields: drift.fields.slice(0, 8).map(quoteForeign),
      manager: quoteForeign(drift.manager),
    };
    if (drift.result === 'repaired') {
      logger.info('drift repaired', { ...fields, ms: Math.round((drift.repairedInMs ?? 0) * 10) / 10 });
    } else logger.warn(drift.result === 'failed' ? 'drift not repaired' : 'drift detected', fields);
  }
}

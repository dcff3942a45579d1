import type { Outcome } from '../../core/outcome/outcome.ts';
import type { Logger } from '../logger.ts';

/** Takes what one look at a namespace found and did. Synchronous and without I/O (DESIGN §4). */
export type Sink = (outcome: Outcome) => void;

/** All sinks as one; an exception in one of them is logged and stops neither the others nor the repair. */
export const guarded =
  (sinks: readonly Sink[], logger: Logger): Sink =>
  (outcome) => {
    for (const sink of sinks) {
      try {
        sink(outcome);
      } catch (error) {
        logger.error('a sink failed', { namespace: outcome.namespace, error: String(error) });
      }
    }
  };

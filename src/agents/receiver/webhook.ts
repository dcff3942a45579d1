import type { RequestListener } from 'node:http';
import type { Metrics } from '../../operator/metrics.ts';
import type { ByteBudget } from './byteBudget.ts';
import type { Door } from './door.ts';
import type { IntakeResult } from './intake.ts';
import { createIntake, INTAKE_RESULTS } from './intake.ts';
import type { Keeper } from './keeper.ts';
import type { ReceiverOptions } from './options.ts';

/** The door for batches, with what is said of them: what is lost is in the log, what is merely sent again is counted. */
export function createWebhook(
  { path, limits, logger, clock }: ReceiverOptions,
  metrics: Metrics,
  { isKnown }: Door,
  budget: ByteBudget,
  keeper: Keeper,
): RequestListener {
  // A series that begins at one has not increased, as Prometheus sees it.
  for (const result of INTAKE_RESULTS) metrics.count('drawbridge_audit_receiver_requests_total', { result }, 0);
  const onResult = (result: IntakeResult): void => {
    metrics.count('drawbridge_audit_receiver_requests_total', { result });
    if (result === 'queue_full' || result === 'unavailable') keeper.record.miss('refused');
    if (result !== 'oversized') return;
    keeper.record.miss('oversized');
    logger.error('a batch is lost, it was too large: set --audit-webhook-truncate-enabled on the API server');
  };
  const take = async (bytes: Buffer): Promise<void> => {
    const startedMs = clock.nowMs();
    await keeper.keep({ source: 'webhook', bytes }).catch((error) => {
      logger.error('a batch could not be kept, and is to be sent again', { error: String(error) });
      throw error;
    });
    metrics.observe('drawbridge_audit_receiver_keep_seconds', {}, (clock.nowMs() - startedMs) / 1000);
  };
  return createIntake({ path, isKnown, budget, maxBodyBytes: limits.maxBodyBytes, take, onResult });
}

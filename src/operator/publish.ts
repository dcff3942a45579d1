import type { Outcome } from '../core/outcome/outcome.ts';
import type { ReportsController } from './controllers/reports.ts';
import type { Ledger } from './ledger.ts';
import type { PolicyReporting } from './policyReports/reporting.ts';
import type { Queue } from './queue.ts';
import type { Rollouts } from './rollout/rollouts.ts';
import type { Sink } from './sinks/sink.ts';

/** Who hears of outcomes. */
export interface Told {
  readonly ledger: Ledger;
  readonly sink: Sink;
  readonly reporter: ReportsController;
  readonly reports: Queue;
  readonly rollouts: Rollouts;
  readonly shared: PolicyReporting;
}

/** One outcome to everything that tells of it; what needs a write has its own queue. */
export function publish(outcome: Outcome, { ledger, sink, reporter, reports, rollouts, shared }: Told): void {
  ledger.record(outcome);
  sink(outcome);
  const drift = outcome.drifts.findLast(({ result }) => result !== 'reported') ?? outcome.drifts.at(-1);
  if (drift !== undefined) reporter.noteDrift(outcome.namespace, drift);
  reports.add(outcome.namespace, drift === undefined ? 'bulk' : 'live');
  shared.add(outcome.namespace);
  rollouts.outcome(outcome);
}

/** A namespace that is gone. */
export function forget(namespace: string, ledger: Ledger, rollouts: Rollouts): void {
  ledger.forget(namespace);
  rollouts.gone(namespace);
}

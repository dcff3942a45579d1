import type { MetricRow } from '../../operator/metricTable.ts';

const row = (name: string, type: MetricRow['type'], help: string, labels: readonly string[] = []): MetricRow => ({
  name: `drawbridge_audit_receiver_${name}`,
  type,
  help,
  labels,
});

const KEEP_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30];

/** One row per metric of the audit receiver; docs/metrics.md is made from it. */
export const RECEIVER_METRICS: readonly MetricRow[] = [
  row('requests_total', 'counter', 'Requests by what became of them.', ['result']),
  row('events_total', 'counter', 'Events by what became of them: counted, duplicate, poison.', ['source', 'result']),
  row('queue_bytes', 'gauge', 'Received, and not yet looked at.'),
  row('last_event_timestamp_seconds', 'gauge', 'When the last event came.'),
  row('lag_seconds', 'gauge', 'How old the newest event of the last batch was; both clocks are in it.'),
  row('remembered_keys', 'gauge', 'Events of which a second copy would be known.'),
  row('remembered_events', 'gauge', 'Events kept for who asks by Audit-ID.'),
  row('remembered_changes', 'gauge', 'Writes kept for who asks by object.'),
  row('log_gaps_total', 'counter', 'Times that a log file went away before it was read to its end.'),
  row('reloads_total', 'counter', 'Times that certificates or tokens changed on disk: used, or failed.', ['result']),
  row('certificate_expiry_timestamp_seconds', 'gauge', 'When the certificate that is served ends.'),
  {
    ...row('keep_seconds', 'histogram', 'From the last byte of a batch to its being safe, just before the answer.'),
    buckets: KEEP_BUCKETS,
  },
  row('build_info', 'gauge', 'One, with the version that runs.', ['version']),
];

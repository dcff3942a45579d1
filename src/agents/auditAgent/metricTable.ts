import type { MetricRow } from '../../operator/metricTable.ts';

const row = (name: string, type: MetricRow['type'], help: string, labels: readonly string[] = []): MetricRow => ({
  name: `drawbridge_audit_agent_${name}`,
  type,
  help,
  labels,
});

/** One row per metric of the audit agent; docs/metrics.md is made from it. */
export const AUDIT_AGENT_METRICS: readonly MetricRow[] = [
  row('policy_info', 'gauge', 'One, with the hash of the policy under which the server was last seen to work.', [
    'sha256',
  ]),
  row('in_step', 'gauge', 'One when that is the published policy.'),
  row('phase', 'gauge', 'One for the phase in which the node is.', ['phase']),
  row('server_ready', 'gauge', "One when the node's own API server is ready."),
  row('rollouts_total', 'counter', 'Roll-outs by how they ended: done, taken_back.', ['result']),
  row('refusals_total', 'counter', 'Times that a policy was not rolled out, by the reason.', ['reason']),
  row('errors_total', 'counter', 'Steps that failed and are tried again, by the step.', ['step']),
  row('last_rollout_timestamp_seconds', 'gauge', 'When the last roll-out ended.'),
  row('build_info', 'gauge', 'One, with the version that runs.', ['version']),
];

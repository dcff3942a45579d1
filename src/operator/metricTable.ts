/** One row per metric; docs/metrics.md is made from it. Names are contracts (DESIGN §5). */
export interface MetricRow {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly labels: readonly string[];
  readonly buckets?: readonly number[];
}

const row = (
  name: string,
  type: MetricRow['type'],
  help: string,
  labels: readonly string[] = [],
  buckets?: readonly number[],
): MetricRow => ({ name, type, help, labels, ...(buckets === undefined ? {} : { buckets }) });

/** As in client-go's workqueue: 10 ns, ten times as much in each bucket. */
const QUEUE_BUCKETS = [1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1, 10, 100, 1000];
const RECONCILE_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const REPAIR_BUCKETS = [0.001, 0.002, 0.003, 0.005, 0.0075, 0.01, 0.015, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30];

/** controller-runtime's names, so that existing dashboards work. */
const CONTROLLER_ROWS: readonly MetricRow[] = [
  row('controller_runtime_reconcile_total', 'counter', 'Reconciliations by result.', ['controller', 'result']),
  row('controller_runtime_reconcile_errors_total', 'counter', 'Reconciliations that failed.', ['controller']),
  row(
    'controller_runtime_reconcile_time_seconds',
    'histogram',
    'Time of one reconciliation.',
    ['controller'],
    RECONCILE_BUCKETS,
  ),
  row('controller_runtime_max_concurrent_reconciles', 'gauge', 'Reconciliations that may run at once.', ['controller']),
  row('controller_runtime_active_workers', 'gauge', 'Reconciliations that run.', ['controller']),
  row('workqueue_depth', 'gauge', 'Keys that wait.', ['name', 'controller', 'priority']),
  row('workqueue_adds_total', 'counter', 'Keys asked for.', ['name', 'controller']),
  row('workqueue_retries_total', 'counter', 'Keys that failed and come again.', ['name', 'controller']),
  row(
    'workqueue_queue_duration_seconds',
    'histogram',
    'Time from asking to starting.',
    ['name', 'controller'],
    QUEUE_BUCKETS,
  ),
  row('workqueue_work_duration_seconds', 'histogram', 'Time of one run.', ['name', 'controller'], QUEUE_BUCKETS),
  row('workqueue_longest_running_processor_seconds', 'gauge', 'How long the longest run has lasted.', [
    'name',
    'controller',
  ]),
  row('rest_client_requests_total', 'counter', 'Requests to the API server by status code.', [
    'code',
    'method',
    'host',
  ]),
  row('leader_election_master_status', 'gauge', 'One on the replica that leads, zero on those that stand by.', [
    'name',
  ]),
];

const DRAWBRIDGE_ROWS: readonly MetricRow[] = [
  row('drawbridge_baseline_info', 'gauge', 'One for each baseline.', ['baseline', 'enforcement']),
  row('drawbridge_baseline_condition', 'gauge', 'One for the status that holds.', ['baseline', 'type', 'status']),
  row('drawbridge_namespaces', 'gauge', 'Namespaces of a baseline by state.', ['baseline', 'state']),
  row(
    'drawbridge_rollout_namespaces',
    'gauge',
    'Namespaces of a roll-out that is on the way: those that wait, and those that have had their turn.',
    ['baseline', 'state'],
  ),
  row(
    'drawbridge_rollout_stopped',
    'gauge',
    'One when a roll-out stands still because of what is wrong in a namespace.',
    ['baseline'],
  ),
  row('drawbridge_findings', 'gauge', 'Findings of a baseline.', ['baseline', 'control', 'severity']),
  row('drawbridge_drift_detected_total', 'counter', 'Drift seen, by what happened to the object.', [
    'baseline',
    'control',
    'change',
  ]),
  row('drawbridge_repairs_total', 'counter', 'Repairs by result.', ['baseline', 'control', 'result']),
  row(
    'drawbridge_repair_seconds',
    'histogram',
    'From the watch event to the acknowledged write.',
    ['control'],
    REPAIR_BUCKETS,
  ),
  row('drawbridge_contested_objects', 'gauge', 'Objects that somebody keeps changing.'),
  row('drawbridge_waivers', 'gauge', 'Waivers by state: active, inert, expired or refused.', ['state']),
  row('drawbridge_waiver_expiry_timestamp_seconds', 'gauge', 'When an active waiver ends.', ['waiver']),
  row('drawbridge_watch_restarts_total', 'counter', 'Interruptions of a watch by cause.', ['kind', 'cause']),
  row('drawbridge_watch_last_event_timestamp_seconds', 'gauge', 'When a watch last showed life, bookmarks included.', [
    'kind',
  ]),
  row('drawbridge_store_objects', 'gauge', 'Objects kept in memory.', ['kind']),
  row('drawbridge_events_dropped_total', 'counter', 'Kubernetes Events that were not sent.'),
  row(
    'drawbridge_drift_attributed_total',
    'counter',
    'Drift by who is behind it, by the audit log; empty: nobody knows.',
    ['baseline', 'control', 'user'],
  ),
  row(
    'drawbridge_audit_effective',
    'gauge',
    'One for what the last proof of the audit policy says; none where there is no receiver, or no policy.',
    ['status'],
  ),
  row('drawbridge_audit_proved_timestamp_seconds', 'gauge', 'When probes last proved the audit policy to be in force.'),
  row('drawbridge_build_info', 'gauge', 'One, with the version that runs.', ['version']),
];

export const METRICS: readonly MetricRow[] = [...CONTROLLER_ROWS, ...DRAWBRIDGE_ROWS];

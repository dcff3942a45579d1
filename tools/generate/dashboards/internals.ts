import type { DashboardSpec, Row } from './dashboard.ts';
import { CLUSTER, stat, timeline, timeseries } from './panels.ts';

/** The names are those of every controller-runtime: only processes that were picked among ours. */
const OF = `${CLUSTER}, job=~"$job", instance=~"$instance"`;

const quantile = (q: string, by: string, histogram: string): string =>
  `histogram_quantile(${q}, sum by (le, ${by}) (rate(${histogram}_bucket{${OF}}[$__rate_interval])))`;

const REPLICAS: Row = {
  title: 'Replicas',
  panels: [
    stat({
      title: 'Running',
      description: 'Replicas by version: two, of one version but for a roll-out.',
      queries: [[`count by (version) (drawbridge_build_info{${OF}})`, '{{version}}']],
      redBelow: 1,
      width: 4,
    }),
    timeline({
      title: 'Leads',
      description: 'Green while a replica leads; exactly one should.',
      queries: [[`max by (instance) (leader_election_master_status{${OF}, name="drawbridge"})`, '{{instance}}']],
      width: 8,
      height: 4,
    }),
    timeseries({
      title: 'Memory',
      description: 'Resident. It grows with what is watched, and stays while that stays.',
      queries: [[`process_resident_memory_bytes{${OF}}`, '{{instance}}']],
      unit: 'bytes',
      width: 4,
      height: 8,
    }),
    timeseries({
      title: 'CPU',
      description: 'Cores in use. Next to none while nothing drifts.',
      queries: [[`rate(process_cpu_seconds_total{${OF}}[$__rate_interval])`, '{{instance}}']],
      width: 4,
      height: 8,
    }),
    timeseries({
      title: 'Event loop lag, 99 of 100',
      description: 'How late the process gets to anything: a part of every repair. About 10 ms is the resolution.',
      queries: [[`nodejs_eventloop_lag_p99_seconds{${OF}}`, '{{instance}}']],
      unit: 's',
      width: 4,
      height: 8,
    }),
  ],
};

const CONTROLLERS: Row = {
  title: 'Controllers and queues',
  panels: [
    timeseries({
      title: 'Reconciliations',
      description: 'By controller and result. None but for the proof of the audit policy while nothing changes.',
      queries: [
        [
          `sum by (controller, result) (rate(controller_runtime_reconcile_total{${OF}}[$__rate_interval]))`,
          '{{controller}} {{result}}',
        ],
      ],
      unit: 'ops',
      width: 12,
    }),
    timeseries({
      title: 'Failed reconciliations',
      description: 'They are tried again with a growing pause; the log line says what failed.',
      queries: [
        [
          `sum by (controller) (rate(controller_runtime_reconcile_errors_total{${OF}}[$__rate_interval]))`,
          '{{controller}}',
        ],
      ],
      unit: 'ops',
      width: 12,
    }),
    timeseries({
      title: 'Time of a reconciliation, 99 of 100',
      description: 'Looking, deciding, and waiting for the API server to answer.',
      queries: [[quantile('0.99', 'controller', 'controller_runtime_reconcile_time_seconds'), '{{controller}}']],
      unit: 's',
      width: 8,
    }),
    timeseries({
      title: 'Waiting keys',
      description: 'Live is drift and goes first; bulk is starts, edits of baselines and resyncs.',
      queries: [[`sum by (controller, priority) (workqueue_depth{${OF}})`, '{{controller}} {{priority}}']],
      stacked: true,
      width: 8,
    }),
    timeseries({
      title: 'Time in the queue, 99 of 100',
      description: 'From asking to starting, both lanes.',
      queries: [[quantile('0.99', 'controller', 'workqueue_queue_duration_seconds'), '{{controller}}']],
      unit: 's',
      width: 8,
    }),
    timeseries({
      title: 'Asked for',
      description: 'Keys that events, facts and edits put into the queues; equal ones that wait become one.',
      queries: [[`sum by (controller) (rate(workqueue_adds_total{${OF}}[$__rate_interval]))`, '{{controller}}']],
      unit: 'ops',
      width: 8,
    }),
    timeseries({
      title: 'Tried again',
      description: 'Keys that failed and come again.',
      queries: [[`sum by (controller) (rate(workqueue_retries_total{${OF}}[$__rate_interval]))`, '{{controller}}']],
      unit: 'ops',
      width: 8,
    }),
    timeseries({
      title: 'Longest run',
      description:
        'How long the longest reconciliation has lasted that still runs. /healthz turns red when it never ends.',
      queries: [[`max by (controller) (workqueue_longest_running_processor_seconds{${OF}})`, '{{controller}}']],
      unit: 's',
      width: 8,
    }),
    timeseries({
      title: 'Busy workers',
      description: 'The share of the reconciliations that may run at once. At 1 keys wait for a worker.',
      queries: [
        [
          `sum by (controller) (controller_runtime_active_workers{${OF}}) / sum by (controller) (controller_runtime_max_concurrent_reconciles{${OF}})`,
          '{{controller}}',
        ],
      ],
      unit: 'percentunit',
      width: 8,
    }),
    timeseries({
      title: 'Events dropped',
      description: 'Kubernetes Events that were not sent: the buffer was full, or the API server took none.',
      queries: [[`rate(drawbridge_events_dropped_total{${OF}}[$__rate_interval])`, '{{instance}}']],
      unit: 'ops',
      width: 8,
    }),
    timeseries({
      title: 'Time of a run, 99 of 100',
      description: 'As the queue sees it.',
      queries: [[quantile('0.99', 'controller', 'workqueue_work_duration_seconds'), '{{controller}}']],
      unit: 's',
      width: 8,
    }),
  ],
};

const API_SERVER: Row = {
  title: 'API server',
  panels: [
    timeseries({
      title: 'Requests',
      description: 'By method and status code. 409 is somebody who wrote first, 429 a server that asks to wait.',
      queries: [
        [`sum by (method, code) (rate(rest_client_requests_total{${OF}}[$__rate_interval]))`, '{{method}} {{code}}'],
      ],
      unit: 'reqps',
      width: 12,
    }),
    timeseries({
      title: 'Silence of watches',
      description: 'Since a watch last showed life; a quiet one brings a bookmark a minute. Five minutes is stuck.',
      queries: [[`time() - max by (kind) (drawbridge_watch_last_event_timestamp_seconds{${OF}})`, '{{kind}}']],
      unit: 's',
      width: 12,
    }),
    timeseries({
      title: 'Interruptions of watches',
      description: 'By cause. Servers close watches every few minutes; any other cause is trouble.',
      queries: [
        [`sum by (kind, cause) (rate(drawbridge_watch_restarts_total{${OF}}[$__rate_interval]))`, '{{kind}} {{cause}}'],
      ],
      unit: 'ops',
      width: 12,
    }),
    timeseries({
      title: 'Objects in memory',
      description: 'Of each kind, in each replica: standbys keep theirs warm.',
      queries: [[`sum by (kind) (drawbridge_store_objects{${OF}})`, '{{kind}}']],
      stacked: true,
      width: 12,
    }),
  ],
};

export const INTERNALS: DashboardSpec = {
  uid: 'drawbridge-internals',
  title: 'Drawbridge / Operator internals',
  description: 'How the operator itself does: replicas, controllers and queues, watches and requests.',
  variables: [
    ['cluster', 'Cluster', 'label_values(drawbridge_build_info, cluster)'],
    ['job', 'Job', `label_values(drawbridge_build_info{${CLUSTER}}, job)`],
    ['instance', 'Replica', `label_values(drawbridge_build_info{${CLUSTER}, job=~"$job"}, instance)`],
  ],
  rows: [REPLICAS, CONTROLLERS, API_SERVER],
};

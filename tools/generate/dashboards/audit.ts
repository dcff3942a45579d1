import type { DashboardSpec, Row } from './dashboard.ts';
import { bars, CLUSTER, stat, timeline, timeseries } from './panels.ts';

/** Only nodes that were picked. */
const OF = `${CLUSTER}, instance=~"$node"`;

const POLICY: Row = {
  title: 'Policy',
  panels: [
    stat({
      title: 'Proved',
      description: 'How long ago probes last proved that each API server records what the published policy says.',
      queries: [[`time() - max(drawbridge_audit_proved_timestamp_seconds{${CLUSTER}} > 0)`, 'ago']],
      unit: 's',
      redFrom: 1800,
      width: 4,
      height: 6,
    }),
    timeline({
      title: 'In force',
      description: 'What the last proof says. No line where there is no receiver to ask, or no policy.',
      queries: [[`max(drawbridge_audit_effective{${CLUSTER}, status="True"})`, 'in force']],
      width: 8,
      height: 6,
    }),
    bars({
      title: 'Policies of nodes',
      description: 'How many nodes work under which policy, by its hash. More than one during a roll-out alone.',
      queries: [[`count by (sha256) (drawbridge_audit_agent_policy_info{${CLUSTER}})`, '{{sha256}}']],
      width: 12,
      height: 6,
    }),
  ],
};

const NODES: Row = {
  title: 'Nodes, by the audit agents',
  panels: [
    timeline({
      title: 'Has the published policy',
      description: 'Red while a node is on its way, waits, refuses, or nothing is published.',
      queries: [[`max by (instance) (drawbridge_audit_agent_in_step{${OF}})`, '{{instance}}']],
      width: 8,
    }),
    timeline({
      title: 'API server ready',
      description: "The node's own, at its own address. A roll-out is a restart of it, one node after the other.",
      queries: [[`min by (instance) (drawbridge_audit_agent_server_ready{${OF}})`, '{{instance}}']],
      width: 8,
    }),
    timeseries({
      title: 'Nodes by phase',
      description: 'The ConfigMap of each node in drawbridge-audit-agent has the reason: docs/audit-agent.md.',
      queries: [[`sum by (phase) (drawbridge_audit_agent_phase{${OF}})`, '{{phase}}']],
      stacked: true,
      width: 8,
    }),
    timeseries({
      title: 'Roll-outs',
      description: 'By how they ended. One that was taken back is tried on no other node.',
      queries: [
        [`sum by (result) (increase(drawbridge_audit_agent_rollouts_total{${OF}}[$__rate_interval]))`, '{{result}}'],
      ],
      width: 8,
    }),
    timeseries({
      title: 'Refusals',
      description: 'Times that a policy was not rolled out, by the reason. Nothing on the node has changed then.',
      queries: [
        [
          `topk(5, sum by (reason) (increase(drawbridge_audit_agent_refusals_total{${OF}}[$__rate_interval])))`,
          '{{reason}}',
        ],
      ],
      width: 8,
    }),
    timeseries({
      title: 'Failed steps',
      description: 'They are tried again every second; the log of the agent has the error.',
      queries: [
        [
          `topk(5, sum by (instance, step) (rate(drawbridge_audit_agent_errors_total{${OF}}[$__rate_interval])))`,
          '{{instance}} {{step}}',
        ],
      ],
      unit: 'ops',
      width: 8,
    }),
    bars({
      title: 'Since the last roll-out',
      description: 'Of this process: an agent that was started anew has seen none.',
      queries: [
        [
          `time() - max by (instance) (drawbridge_audit_agent_last_rollout_timestamp_seconds{${OF}} > 0)`,
          '{{instance}}',
        ],
      ],
      unit: 's',
      width: 16,
      height: 6,
    }),
    stat({
      title: 'Agents',
      description: 'By version: one on each control-plane node.',
      queries: [[`count by (version) (drawbridge_audit_agent_build_info{${CLUSTER}})`, '{{version}}']],
      width: 8,
      height: 6,
    }),
  ],
};

const RECEIVER: Row = {
  title: 'Receiver',
  panels: [
    timeseries({
      title: 'Events',
      description: 'By the way they came and what became of them. Duplicates are what API servers send again.',
      queries: [
        [
          `sum by (source, result) (rate(drawbridge_audit_receiver_events_total{${CLUSTER}}[$__rate_interval]))`,
          '{{source}} {{result}}',
        ],
      ],
      unit: 'ops',
      width: 8,
    }),
    timeseries({
      title: 'Requests',
      description:
        'Batches by what became of them. queue_full and unavailable are sent again; what is oversized is lost.',
      queries: [
        [
          `sum by (result) (rate(drawbridge_audit_receiver_requests_total{${CLUSTER}}[$__rate_interval]))`,
          '{{result}}',
        ],
      ],
      unit: 'reqps',
      width: 8,
    }),
    timeseries({
      title: 'Time to keep a batch',
      description: 'From its last byte to its being safe: half of all, and 99 of 100. Long means a slow disk.',
      queries: [
        [
          `histogram_quantile(0.5, sum by (le) (rate(drawbridge_audit_receiver_keep_seconds_bucket{${CLUSTER}}[$__rate_interval])))`,
          'p50',
        ],
        [
          `histogram_quantile(0.99, sum by (le) (rate(drawbridge_audit_receiver_keep_seconds_bucket{${CLUSTER}}[$__rate_interval])))`,
          'p99',
        ],
      ],
      unit: 's',
      width: 8,
    }),
    timeseries({
      title: 'Lag and silence',
      description: 'How old the newest event of the last batch was, and how long ago the last one came.',
      queries: [
        [`max(drawbridge_audit_receiver_lag_seconds{${CLUSTER}})`, 'lag'],
        [`time() - max(drawbridge_audit_receiver_last_event_timestamp_seconds{${CLUSTER}} > 0)`, 'silence'],
      ],
      unit: 's',
      width: 8,
    }),
    timeseries({
      title: 'Waiting to be looked at',
      description: 'Received and safe, and not yet taken up. It grows where events come faster than they are read.',
      queries: [[`sum(drawbridge_audit_receiver_queue_bytes{${CLUSTER}})`, 'waiting']],
      unit: 'bytes',
      width: 8,
    }),
    timeseries({
      title: 'Remembered',
      description: 'Events of which a second copy would be known, and what is kept for who asks.',
      queries: [
        [`sum(drawbridge_audit_receiver_remembered_keys{${CLUSTER}})`, 'keys'],
        [`sum(drawbridge_audit_receiver_remembered_events{${CLUSTER}})`, 'events by Audit-ID'],
        [`sum(drawbridge_audit_receiver_remembered_changes{${CLUSTER}})`, 'changes by object'],
      ],
      width: 8,
    }),
    stat({
      title: 'Certificate ends in',
      description: 'Red within a week. Empty where nothing is served by TLS.',
      queries: [
        [`min(drawbridge_audit_receiver_certificate_expiry_timestamp_seconds{${CLUSTER}} > 0) - time()`, 'certificate'],
      ],
      unit: 's',
      redBelow: 7 * 86_400,
      width: 8,
    }),
    stat({
      title: 'Certificates and tokens read anew',
      description: 'Within the time range: used, or failed, and then the last ones stay.',
      queries: [
        [`sum by (result) (increase(drawbridge_audit_receiver_reloads_total{${CLUSTER}}[$__range]))`, '{{result}}'],
      ],
      width: 8,
    }),
    stat({
      title: 'Log files lost',
      description: 'Within the time range: they went away before they were read to their end.',
      queries: [[`sum(increase(drawbridge_audit_receiver_log_gaps_total{${CLUSTER}}[$__range]))`, 'gaps']],
      redFrom: 1,
      width: 4,
    }),
    stat({
      title: 'Receivers',
      description: 'By version. One: of two each would know half.',
      queries: [[`count by (version) (drawbridge_audit_receiver_build_info{${CLUSTER}})`, '{{version}}']],
      width: 4,
    }),
  ],
};

export const AUDIT: DashboardSpec = {
  uid: 'drawbridge-audit',
  title: 'Drawbridge / Audit',
  description: 'Whether API servers record what they should: the policy, the agents that bring it, the receiver.',
  variables: [
    ['cluster', 'Cluster', 'label_values(drawbridge_build_info, cluster)'],
    ['node', 'Node', `label_values(drawbridge_audit_agent_build_info{${CLUSTER}}, instance)`],
  ],
  rows: [POLICY, NODES, RECEIVER],
};

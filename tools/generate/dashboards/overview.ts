import type { DashboardSpec, Row } from './dashboard.ts';
import { bars, CLUSTER, stat, timeline, timeseries } from './panels.ts';

/** Only baselines that were picked. */
const OF = `${CLUSTER}, baseline=~"$baseline"`;

const NOW: Row = {
  title: 'Now',
  panels: [
    stat({
      title: 'Namespaces held',
      description: 'How many namespaces baselines govern; one that two govern counts twice.',
      queries: [[`sum(drawbridge_namespaces{${OF}})`, 'held']],
      width: 4,
    }),
    stat({
      title: 'Not compliant',
      description: 'Namespaces that drifted or failed, or of which something is not known. In Audit drift stays.',
      queries: [[`sum(drawbridge_namespaces{${OF}, state=~"drifted|failed|unknown"})`, 'not compliant']],
      redFrom: 1,
      width: 4,
    }),
    stat({
      title: 'Critical and high findings',
      description: 'What stands open now. docs/findings.md has each reason.',
      queries: [[`sum(drawbridge_findings{${OF}, severity=~"critical|high"}) or vector(0)`, 'findings']],
      redFrom: 1,
      width: 4,
    }),
    stat({
      title: 'Contested objects',
      description: 'Objects that somebody keeps changing; each change is put right, only admission ends it.',
      queries: [[`sum(drawbridge_contested_objects{${CLUSTER}})`, 'contested']],
      redFrom: 1,
      width: 4,
    }),
    stat({
      title: 'Time to repair, 99 of 100',
      description: 'From the watch event to the acknowledged write, over the time range.',
      queries: [
        [`histogram_quantile(0.99, sum by (le) (rate(drawbridge_repair_seconds_bucket{${CLUSTER}}[$__range])))`, 'p99'],
      ],
      unit: 's',
      redFrom: 1,
      width: 4,
    }),
    stat({
      title: 'Audit policy proved',
      description:
        'How long ago probes last proved that the published audit policy is in force. Empty without a receiver.',
      queries: [[`time() - max(drawbridge_audit_proved_timestamp_seconds{${CLUSTER}} > 0)`, 'ago']],
      unit: 's',
      redFrom: 1800,
      width: 4,
    }),
  ],
};

const NAMESPACES: Row = {
  title: 'Namespaces and baselines',
  panels: [
    timeseries({
      title: 'Namespaces by state',
      description: 'Compliant is right. Retained ones are held, though no baseline selects them any more.',
      queries: [[`sum by (state) (drawbridge_namespaces{${OF}})`, '{{state}}']],
      stacked: true,
      width: 12,
    }),
    bars({
      title: 'Not compliant, by baseline',
      description: 'Where to look first; `kubectl get securitybaseline NAME -o yaml` names the worst namespaces.',
      queries: [
        [
          `sort_desc(sum by (baseline) (drawbridge_namespaces{${OF}, state=~"drifted|failed|unknown"}))`,
          '{{baseline}}',
        ],
      ],
      width: 6,
    }),
    timeline({
      title: 'Conditions',
      description:
        'Ready: the operator did what the baseline asks. Compliant: it found nothing wrong. Green while True.',
      queries: [
        [
          `max by (baseline, type) (drawbridge_baseline_condition{${OF}, type=~"Ready|Compliant", status="True"})`,
          '{{baseline}} {{type}}',
        ],
      ],
      width: 6,
    }),
  ],
};

const ROLLOUTS: Row = {
  title: 'Roll-outs',
  panels: [
    timeseries({
      title: 'Roll-outs on the way',
      description:
        'Namespaces of edits and take-overs that go out in batches: those that wait are held at the version before. Empty while there is none.',
      queries: [[`sum by (baseline, state) (drawbridge_rollout_namespaces{${OF}})`, '{{baseline}} {{state}}']],
      stacked: true,
      width: 16,
    }),
    timeline({
      title: 'Roll-outs that go on',
      description:
        'Red while one stands still: condition Ready of the baseline has the namespace and the reason. It goes on when that is gone.',
      queries: [[`1 - max by (baseline) (drawbridge_rollout_stopped{${OF}})`, '{{baseline}}']],
      width: 8,
    }),
  ],
};

const FINDINGS: Row = {
  title: 'Findings',
  panels: [
    timeseries({
      title: 'Findings by severity',
      description: 'What stands open: drift that is not repaired, objects of others, what could not be found out.',
      queries: [[`sum by (severity) (drawbridge_findings{${OF}})`, '{{severity}}']],
      stacked: true,
      width: 12,
    }),
    bars({
      title: 'Findings by control',
      description: 'docs/controls.md says what each control holds.',
      queries: [[`sort_desc(sum by (control, severity) (drawbridge_findings{${OF}}))`, '{{control}} {{severity}}']],
      width: 12,
    }),
  ],
};

const DRIFT: Row = {
  title: 'Drift and repair',
  panels: [
    timeseries({
      title: 'Drift',
      description: 'Changes per second of what baselines own, by control and by what happened to the object.',
      queries: [
        [
          `sum by (control, change) (rate(drawbridge_drift_detected_total{${OF}}[$__rate_interval]))`,
          '{{control}} {{change}}',
        ],
      ],
      unit: 'ops',
      width: 12,
    }),
    timeseries({
      title: 'Repairs',
      description: 'By result. A failed repair leaves the namespace open: the finding and the log say why.',
      queries: [[`sum by (result) (rate(drawbridge_repairs_total{${OF}}[$__rate_interval]))`, '{{result}}']],
      unit: 'ops',
      width: 12,
    }),
    timeseries({
      title: 'Time to repair',
      description: 'From the watch event to the acknowledged write: half of all, and 99 of 100.',
      queries: [
        [
          `histogram_quantile(0.5, sum by (le) (rate(drawbridge_repair_seconds_bucket{${CLUSTER}}[$__rate_interval])))`,
          'p50',
        ],
        [
          `histogram_quantile(0.99, sum by (le) (rate(drawbridge_repair_seconds_bucket{${CLUSTER}}[$__rate_interval])))`,
          'p99',
        ],
      ],
      unit: 's',
      width: 12,
    }),
    bars({
      title: 'Who is behind drift',
      description:
        'Users by the audit log, since the operator started; the bar without a name is drift of which the log does not tell. Empty without an audit receiver (docs/audit-receiver.md).',
      queries: [[`topk(10, sum by (user) (drawbridge_drift_attributed_total{${OF}}))`, '{{user}}']],
      width: 12,
    }),
  ],
};

const WAIVERS: Row = {
  title: 'Waivers',
  panels: [
    bars({
      title: 'Waivers by state',
      description:
        'Active ones exempt namespaces now. Inert ones match nothing, refused ones waive nothing: docs/waivers.md.',
      queries: [[`sum by (state) (drawbridge_waivers{${CLUSTER}})`, '{{state}}']],
      width: 8,
    }),
    bars({
      title: 'Waivers about to expire',
      description: 'How long the ten that end first still last. Then their controls come back by themselves.',
      queries: [
        [
          `bottomk(10, max by (waiver) (drawbridge_waiver_expiry_timestamp_seconds{${CLUSTER}})) - time()`,
          '{{waiver}}',
        ],
      ],
      unit: 's',
      width: 16,
    }),
  ],
};

const AUDIT: Row = {
  title: 'Audit',
  panels: [
    timeline({
      title: 'Audit policy in force',
      description: 'What the last proof said. No line is green when it is not known: docs/audit-proof.md.',
      queries: [[`max(drawbridge_audit_effective{${CLUSTER}, status="True"})`, 'in force']],
      width: 6,
    }),
    timeline({
      title: 'Nodes with the published policy',
      description:
        'Red while one is on its way, waits or refuses: dashboard Audit. Empty where no audit agent is scraped.',
      queries: [[`max by (instance) (drawbridge_audit_agent_in_step{${CLUSTER}})`, '{{instance}}']],
      width: 6,
    }),
    timeline({
      title: 'Audit sections published',
      description: 'Green while the section of the baseline is in the published policy.',
      queries: [
        [
          `max by (baseline) (drawbridge_baseline_condition{${OF}, type="AuditPolicyPublished", status="True"})`,
          '{{baseline}}',
        ],
      ],
      width: 6,
    }),
    timeseries({
      title: 'Audit events received',
      description: 'By what became of them. None at all means that API servers do not reach the receiver.',
      queries: [
        [`sum by (result) (rate(drawbridge_audit_receiver_events_total{${CLUSTER}}[$__rate_interval]))`, '{{result}}'],
      ],
      unit: 'ops',
      width: 6,
    }),
  ],
};

export const OVERVIEW: DashboardSpec = {
  uid: 'drawbridge-overview',
  title: 'Drawbridge / Overview',
  description: 'How namespaces stand to their security baselines: state, findings, drift, repairs, audit.',
  variables: [
    ['cluster', 'Cluster', 'label_values(drawbridge_build_info, cluster)'],
    ['baseline', 'Baseline', `label_values(drawbridge_baseline_info{${CLUSTER}}, baseline)`],
  ],
  rows: [NOW, NAMESPACES, ROLLOUTS, FINDINGS, DRIFT, WAIVERS, AUDIT],
};

import { AUDIT_AGENT_METRICS } from '../../src/agents/auditAgent/metricTable.ts';
import { RECEIVER_METRICS } from '../../src/agents/receiver/metricTable.ts';
import type { MetricRow } from '../../src/operator/metricTable.ts';
import { METRICS } from '../../src/operator/metricTable.ts';
import type { Generator } from './generator.ts';
import { MARKDOWN_HEADER } from './generator.ts';
import { code, codes, table } from './markdown.ts';

const INTRO = `# Metrics

The operator serves them at \`/metrics\` on \`--metrics-bind-address\` (\`:8080\`; \`0\` is off), in the Prometheus text format.
The shipped NetworkPolicy lets in namespaces labelled \`metrics: enabled\`. No series has a label for namespaces or objects, so
their number does not grow with the cluster. Gauges of a baseline vanish with it. Of several replicas only the one that leads has
them; sum over replicas.
`;

const OWN = 'drawbridge_';

const SECTIONS: readonly (readonly [heading: string, text: string, ours: boolean])[] = [
  ['Baselines and repairs', '', true],
  [
    'Controllers, queues and requests',
    'Under the names of controller-runtime, so that dashboards made for it work. Beside them are those of the process \
(`process_*`, `nodejs_*`).',
    false,
  ],
];

const RECEIVER = `## Audit receiver

\`drawbridge audit-receiver\` serves these, beside those of its process, at \`/metrics\` on its own \`--metrics-bind-address\`. Its counters
begin anew with each process.

`;

const AGENT = `## Audit agent

\`drawbridge audit-agent\` serves these, beside those of its process, at \`/metrics\` on its own \`--metrics-bind-address\`
(\`127.0.0.1:8085\`: it uses the node's network). Its counters begin anew with each process.

`;

const ASKING = `## Worth an alert

${table(
  ['When', 'Expression'],
  [
    [
      'A baseline is not applied, for ten minutes or more',
      'drawbridge_baseline_condition{type="Ready",status!="True"} == 1',
    ],
    ['Something is wrong in a namespace', 'drawbridge_findings{severity=~"critical|high"} > 0'],
    ['Somebody fights with the operator', 'drawbridge_contested_objects > 0'],
    ['Repairs are refused', 'rate(drawbridge_repairs_total{result!="repaired"}[5m]) > 0'],
    ['A watch shows no life, bookmarks included', 'time() - drawbridge_watch_last_event_timestamp_seconds > 300'],
    ['The operator is gone', 'absent(drawbridge_build_info)'],
    [
      'Audit events are lost, or about to be',
      'rate(drawbridge_audit_receiver_requests_total{result=~"oversized|queue_full|unavailable"}[5m]) > 0',
    ],
    [
      'No audit event has come for ten minutes',
      'time() - drawbridge_audit_receiver_last_event_timestamp_seconds > 600',
    ],
    [
      "The receiver's certificate ends within a week",
      'drawbridge_audit_receiver_certificate_expiry_timestamp_seconds - time() < 604800',
    ],
    ["A node's API server has another audit policy than the published one", 'drawbridge_audit_agent_in_step == 0'],
    [
      'A roll-out of an audit policy was taken back',
      'increase(drawbridge_audit_agent_rollouts_total{result="taken_back"}[1h]) > 0',
    ],
    ['Of several replicas none leads, for a minute or more', 'sum(leader_election_master_status) == 0'],
  ].map(([when = '', expression = '']) => [when, code(expression)]),
)}
`;

export const metricsDocGenerator: Generator = {
  name: 'metrics-docs',
  files: async () => {
    const sections = SECTIONS.map(([heading, text, ours]) => {
      const rows = METRICS.filter(({ name }) => name.startsWith(OWN) === ours);
      const intro = text === '' ? '' : `${text}\n\n`;
      return `## ${heading}\n\n${intro}${tableOf(rows)}\n`;
    });
    const receiver = `${RECEIVER}${tableOf(RECEIVER_METRICS)}\n`;
    const agent = `${AGENT}${tableOf(AUDIT_AGENT_METRICS)}\n`;
    const content = `${MARKDOWN_HEADER}\n${[INTRO, ...sections, receiver, agent, ASKING].join('\n')}`;
    return [{ path: 'docs/metrics.md', content }];
  },
};

const tableOf = (rows: readonly MetricRow[]): string =>
  table(['Metric', 'Type', 'Labels', 'What it says'], rows.map(cells));

const cells = ({ name, type, labels, help, buckets }: MetricRow): readonly string[] => [
  code(name),
  type,
  codes(labels),
  buckets === undefined ? help : `${help} Buckets: ${buckets.join(', ')}.`,
];

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { AUDIT_AGENT_METRICS } from '../../src/agents/auditAgent/metricTable.ts';
import { RECEIVER_METRICS } from '../../src/agents/receiver/metricTable.ts';
import type { MetricRow } from '../../src/operator/metricTable.ts';
import { METRICS } from '../../src/operator/metricTable.ts';
import type { Generator } from './generator.ts';
import { MARKDOWN_HEADER } from './generator.ts';
import { code, codes, table } from './markdown.ts';
import { ROOT } from './stale.ts';

const INTRO = `# Metrics

The operator serves them at \`/metrics\` on \`--metrics-bind-address\` (\`:8080\`; \`0\` is off), in the Prometheus text format.
The shipped NetworkPolicy lets in namespaces labelled \`metrics: enabled\`. No series has a label for namespaces or objects, so
their number does not grow with the cluster. Gauges of a baseline vanish with it. Of several replicas only the one that leads has
them: take the highest over replicas, and of counters the sum. What can be known beforehand begins at zero, so that an increase shows from the first. Dashboards and
alerts are in [monitoring.md](monitoring.md).
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
(\`127.0.0.1:8085\`: it uses the node's network; [audit-agent.md](audit-agent.md#metrics) has how to scrape it). Its counters begin anew with
each process.

`;

const ALERTS = join(ROOT, 'manifests/alerts');

interface Rule {
  readonly alert: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string };
}

/** The shipped alerts, each with its runbook. */
async function alertsSection(): Promise<string> {
  const files = (await readdir(ALERTS)).filter((file) => file !== 'kustomization.yaml').sort();
  const texts = await Promise.all(files.map((file) => readFile(join(ALERTS, file), 'utf8')));
  const rules: readonly Rule[] = texts.flatMap((text) =>
    parse(text).spec.groups.flatMap((group: { rules: Rule[] }) => group.rules),
  );
  const rows = rules.map(({ alert, labels, annotations }) => [
    `[${alert}](runbooks/${alert}.md)`,
    labels.severity,
    annotations.summary.replaceAll(/\{\{ \$(?:labels\.)?(\w+) \}\}/g, '*$1*'),
  ]);
  return `## Alerts\n\nOf \`manifests/alerts\`; [monitoring.md](monitoring.md) says how to install them.\n\n${table(['Alert', 'Severity', 'When'], rows)}\n`;
}

const ASKING = `## Worth an alert of your own

${table(
  ['When', 'Expression'],
  [
    [
      'No audit event has come for ten minutes',
      'time() - (drawbridge_audit_receiver_last_event_timestamp_seconds > 0) > 600',
    ],
    [
      'Somebody without a good token or certificate calls the audit receiver',
      'increase(drawbridge_audit_receiver_requests_total{result="unauthorized"}[15m]) > 0',
    ],
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
    const content = `${MARKDOWN_HEADER}\n${[INTRO, ...sections, receiver, agent, await alertsSection(), ASKING].join('\n')}`;
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

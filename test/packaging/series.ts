import { AUDIT_AGENT_METRICS } from '../../src/agents/auditAgent/metricTable.ts';
import { RECEIVER_METRICS } from '../../src/agents/receiver/metricTable.ts';
import { METRICS } from '../../src/operator/metricTable.ts';

/** What a selector asks for. */
export interface Series {
  readonly name: string;
  readonly labels: readonly string[];
}

/** Of the process itself: prom-client's. Only those that are asked for. */
const PROCESS = [
  'process_resident_memory_bytes',
  'process_cpu_seconds_total',
  'process_start_time_seconds',
  'nodejs_eventloop_lag_p99_seconds',
];
/** Labels that Prometheus gives to what it scrapes; `cluster` where it, or what it writes to, has several. */
export const TARGET = ['cluster', 'job', 'instance', 'namespace'];

/** The labels of every series that a process of ours serves, by name. */
export const SERVED: ReadonlyMap<string, readonly string[]> = new Map([
  ...[...METRICS, ...RECEIVER_METRICS, ...AUDIT_AGENT_METRICS].flatMap(({ name, type, labels }) =>
    type === 'histogram' ? [[`${name}_bucket`, [...labels, 'le']] as const] : [[name, labels] as const],
  ),
  ...PROCESS.map((name) => [name, []] as const),
]);

const SELECTOR = /\b([a-z]+_[a-z0-9_]+)\b(?!\s*\()(?:\{([^}]*)\})?/g;
/** Words of PromQL with an underscore that stand before no bracket. */
const WORDS = new Set(['group_left', 'group_right']);

/** The selectors of an expression, as text: a real Prometheus reads them in test/cluster/dashboards.test.ts. */
export function seriesIn(expr: string): readonly Series[] {
  const bare = expr.replaceAll(/\$__\w+/g, '5m').replaceAll(/\b(by|on|without|ignoring)\s*\([^)]*\)/g, '');
  return [...bare.matchAll(SELECTOR)]
    .filter(([, name = '']) => !WORDS.has(name))
    .map(([, name = '', matchers = '']) => ({
      name,
      labels: [...matchers.matchAll(/(\w+)\s*(?:=|!=|=~|!~)"/g)].map(([, label = '']) => label),
    }));
}

/** What an expression groups by. */
export const groupedBy = (expr: string): readonly string[] =>
  [...expr.matchAll(/\bby\s*\(([^)]*)\)/g)].flatMap(([, labels = '']) => labels.split(',').map((one) => one.trim()));

/** What is wrong with the names and labels of an expression. */
export function unknownIn(expr: string): readonly string[] {
  const series = seriesIn(expr);
  const names = series.filter(({ name }) => !SERVED.has(name)).map(({ name }) => `no metric ${name}`);
  const has = (name: string): readonly string[] => [...(SERVED.get(name) ?? []), ...TARGET];
  const matched = series.flatMap(({ name, labels }) =>
    labels.filter((label) => !has(name).includes(label)).map((label) => `${name} has no label ${label}`),
  );
  const groupable = series.flatMap(({ name }) => has(name));
  const grouped = groupedBy(expr).filter((label) => !groupable.includes(label));
  return [...names, ...matched, ...grouped.map((label) => `nothing has the label ${label}`)];
}

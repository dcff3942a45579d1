import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { MetricRow } from './metricTable.ts';
import { METRICS } from './metricTable.ts';

type LabelValues = Readonly<Record<string, string>>;

/** The process's metrics by name; a name that is not in its table is a mistake in the code and throws. */
export interface Metrics {
  count(name: string, labels: LabelValues, by?: number): void;
  observe(name: string, labels: LabelValues, value: number): void;
  /** Begins a series of a histogram with nothing in it, before anything is observed. */
  zero(name: string, labels: LabelValues): void;
  set(name: string, labels: LabelValues, value: number): void;
  /** Removes all series of a gauge, before they are written anew at a scrape. */
  reset(name: string): void;
  /** At each scrape, series of a counter whose label has another value than these are removed. */
  keepOnly(name: string, label: string, alive: () => ReadonlySet<string>): void;
  /** Runs before each scrape: gauges of state are written then, so that series vanish with their subject. */
  onScrape(collect: () => void): void;
  text(): Promise<string>;
  readonly contentType: string;
}

export interface MetricsOptions {
  /** Also those of the process. Default true. */
  readonly defaults?: boolean;
  /** The table; the operator's unless given. */
  readonly rows?: readonly MetricRow[];
}

export function createMetrics({ defaults = true, rows = METRICS }: MetricsOptions = {}): Metrics {
  const registry = new Registry();
  if (defaults) collectDefaultMetrics({ register: registry });
  const instruments = new Map(rows.map((row) => [row.name, instrumentOf(row, registry)]));
  const collectors: (() => void | Promise<void>)[] = [];

  const find = <I>(name: string, type: new (...args: never[]) => I): I => {
    const instrument = instruments.get(name);
    if (!(instrument instanceof type)) throw new Error(`${name} is not a ${type.name} of the metric table`);
    return instrument;
  };

  return {
    count: (name, labels, by = 1) => find(name, Counter).inc({ ...labels }, by),
    observe: (name, labels, value) => find(name, Histogram).observe({ ...labels }, value),
    zero: (name, labels) => find(name, Histogram).zero({ ...labels }),
    set: (name, labels, value) => find(name, Gauge).set({ ...labels }, value),
    reset: (name) => find(name, Gauge).reset(),
    onScrape: (collect) => void collectors.push(collect),
    keepOnly: (name, label, alive) => {
      const counter = find(name, Counter);
      collectors.push(async () => {
        const names = alive();
        for (const { labels } of (await counter.get()).values) {
          if (!names.has(String(labels[label]))) counter.remove(labels);
        }
      });
    },
    text: async () => {
      for (const collect of collectors) await collect();
      return registry.metrics();
    },
    contentType: registry.contentType,
  };
}

function instrumentOf(row: MetricRow, registry: Registry): Counter | Gauge | Histogram {
  const base = { name: row.name, help: row.help, labelNames: [...row.labels], registers: [registry] };
  switch (row.type) {
    case 'counter':
      return new Counter(base);
    case 'gauge':
      return new Gauge(base);
    case 'histogram':
      return new Histogram({ ...base, buckets: [...(row.buckets ?? [])] });
  }
}

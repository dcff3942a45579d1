import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { startGuard } from '../controlPlane/guard.ts';
import { freePorts } from '../controlPlane/ports.ts';
import { startProcess, waitUntilReady } from '../controlPlane/process.ts';
import { findPrometheus } from './binaries.ts';

/** One series of an instant vector. */
export interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A node of PromQL's syntax tree, as /api/v1/parse_query has it. */
export type PromNode = Readonly<Record<string, unknown>> & { readonly type: string };

/** A Prometheus that scrapes every second. */
export interface Prometheus {
  /** What an expression gives now; a scalar is one sample without labels. Rejects with Prometheus's own sentence. */
  query(expr: string): Promise<readonly Sample[]>;
  parse(expr: string): Promise<PromNode>;
  get(path: string): Promise<unknown>;
  stop(): Promise<void>;
}

export interface PrometheusOptions {
  /** `host:port` by job. */
  readonly targets: Readonly<Record<string, string>>;
  /** Groups of rules, which are evaluated every second. */
  readonly ruleGroups?: readonly unknown[];
}

const READY_WITHIN_MS = 60_000;
const STOP_GRACE_MS = 2_000;

/** Starts a Prometheus on a free loopback port, with its data in a directory that goes with it. */
export async function startPrometheus({ targets, ruleGroups = [] }: PrometheusOptions): Promise<Prometheus> {
  const { prometheus } = await findPrometheus();
  const dir = mkdtempSync(join(tmpdir(), 'drawbridge-prometheus-'));
  const guard = startGuard(dir);
  writeFileSync(join(dir, 'rules.yaml'), stringify({ groups: ruleGroups }));
  writeFileSync(join(dir, 'prometheus.yaml'), stringify(configOf(targets)));
  const [port = 0] = await freePorts(1);
  const server = await startProcess(dir, 'prometheus', prometheus, [
    `--config.file=${join(dir, 'prometheus.yaml')}`,
    `--storage.tsdb.path=${join(dir, 'data')}`,
    `--web.listen-address=127.0.0.1:${port}`,
  ]);
  const stop = async (): Promise<void> => {
    await server.stop(STOP_GRACE_MS);
    await guard.release();
  };
  const url = `http://127.0.0.1:${port}`;
  await waitUntilReady(server, async () => (await fetch(`${url}/-/ready`)).ok, READY_WITHIN_MS).catch(async (error) => {
    await stop();
    throw error;
  });
  const get = async (path: string): Promise<unknown> => {
    const response = await fetch(`${url}${path}`);
    const answer = (await response.json()) as { readonly data?: unknown; readonly error?: string };
    if (!response.ok) throw new Error(`${decodeURIComponent(path)}: ${answer.error}`);
    return answer.data;
  };
  return {
    get,
    query: async (expr) => samplesOf(await get(`/api/v1/query?query=${encodeURIComponent(expr)}`)),
    parse: async (expr) => (await get(`/api/v1/parse_query?query=${encodeURIComponent(expr)}`)) as PromNode,
    stop,
  };
}

const configOf = (targets: PrometheusOptions['targets']): unknown => ({
  global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
  rule_files: ['rules.yaml'],
  scrape_configs: Object.entries(targets).map(([job, target]) => ({
    job_name: job,
    static_configs: [{ targets: [target], labels: { cluster: 'test' } }],
  })),
});

type QueryData =
  | { readonly resultType: 'scalar'; readonly result: readonly [number, string] }
  | {
      readonly resultType: 'vector';
      readonly result: readonly {
        readonly metric: Readonly<Record<string, string>>;
        readonly value: readonly [number, string];
      }[];
    };

function samplesOf(data: unknown): readonly Sample[] {
  const { resultType, result } = data as QueryData;
  if (resultType === 'scalar') return [{ metric: {}, value: Number(result[1]) }];
  return result.map(({ metric, value }) => ({ metric, value: Number(value[1]) }));
}

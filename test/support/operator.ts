import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** One line of the operator's log. */
export type LogLine = Readonly<Record<string, unknown>> & { readonly message: string };

/** An operator process, with the shipped rights of the kubeconfig it was given. */
export interface RunningOperator {
  readonly pid: number;
  /** Everything it logged so far, parsed. */
  lines(): readonly LogLine[];
  /** `host:port` of /metrics. */
  readonly metricsAddress: string;
  /** The text of /metrics. */
  metrics(): Promise<string>;
  /** The sum of the series of a metric that carry these labels; 0 when there is none. */
  metric(name: string, labels?: Readonly<Record<string, string>>): Promise<number>;
  health(path: '/healthz' | '/readyz'): Promise<{ readonly status: number; readonly body: string }>;
  /** Resident memory in bytes. */
  rssBytes(): Promise<number>;
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number>;
  /** SIGKILL. */
  kill(): Promise<void>;
  readonly exited: Promise<number>;
}

export interface OperatorProcessOptions {
  readonly kubeconfig: string;
  /** Beside those for addresses and the kubeconfig. */
  readonly args?: readonly string[];
  /** What to run: the source (absent), or a bundle. */
  readonly program?: string;
  readonly nodeArgs?: readonly string[];
  /** Beside the environment of the tests. */
  readonly env?: Readonly<Record<string, string>>;
}

const SOURCE = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
const LISTENING_WITHIN_MS = 20_000;

/** Starts an operator on free loopback ports; resolves when its servers listen. The caller stops it. */
export async function startOperator(options: OperatorProcessOptions): Promise<RunningOperator> {
  const args = [
    ...(options.nodeArgs ?? []),
    options.program ?? SOURCE,
    'operator',
    '--kubeconfig',
    options.kubeconfig,
    '--metrics-bind-address=127.0.0.1:0',
    '--health-probe-bind-address=127.0.0.1:0',
    ...(options.args ?? []),
  ];
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'inherit', 'pipe'],
    env: { ...process.env, ...options.env },
  });
  // The operator must not outlive the tests, however they end.
  const reap = (): void => void child.kill('SIGKILL');
  process.once('exit', reap);
  const exited = new Promise<number>((resolve) => {
    child.once('exit', (code) => {
      process.removeListener('exit', reap);
      resolve(code ?? -1);
    });
  });
  const lines: LogLine[] = [];
  if (child.stderr !== null) createInterface(child.stderr).on('line', (line) => void lines.push(parse(line)));
  const addresses = await listening(child, lines, exited);
  return running(child, lines, exited, addresses);
}

function running(
  child: ChildProcess,
  lines: readonly LogLine[],
  exited: Promise<number>,
  addresses: Readonly<Record<'metrics' | 'health', string>>,
): RunningOperator {
  const metrics = async (): Promise<string> => (await fetch(`http://${addresses.metrics}/metrics`)).text();
  return {
    pid: child.pid ?? 0,
    lines: () => lines,
    metricsAddress: addresses.metrics,
    metrics,
    metric: async (name, labels = {}) => sumOf(await metrics(), name, labels),
    health: async (path) => {
      const response = await fetch(`http://${addresses.health}${path}`);
      return { status: response.status, body: await response.text() };
    },
    rssBytes: async () => sumOf(await metrics(), 'process_resident_memory_bytes', {}),
    stop: () => {
      child.kill('SIGTERM');
      return exited;
    },
    kill: async () => {
      child.kill('SIGKILL');
      await exited;
    },
    exited,
  };
}

async function listening(
  child: ChildProcess,
  lines: readonly LogLine[],
  exited: Promise<number>,
): Promise<Readonly<Record<'metrics' | 'health', string>>> {
  let gone = false;
  void exited.then(() => {
    gone = true;
  });
  const endMs = performance.now() + LISTENING_WITHIN_MS;
  while (performance.now() < endMs && !gone) {
    const found = (what: string) => lines.find((line) => line.message === 'listening' && line.what === what)?.address;
    const [metrics, health] = [found('metrics'), found('health')];
    if (typeof metrics === 'string' && typeof health === 'string') return { metrics, health };
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  child.kill('SIGKILL');
  throw new Error(`the operator did not start:\n${lines.map((line) => JSON.stringify(line)).join('\n')}`);
}

function parse(line: string): LogLine {
  try {
    return JSON.parse(line) as LogLine;
  } catch {
    return { message: line };
  }
}

/** Adds up series of the Prometheus text format. */
function sumOf(text: string, name: string, labels: Readonly<Record<string, string>>): number {
  const wanted = Object.entries(labels).map(([key, value]) => `${key}="${value}"`);
  return text
    .split('\n')
    .filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`))
    .filter((line) => wanted.every((pair) => line.includes(pair)))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}

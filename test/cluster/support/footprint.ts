import { readdir, readlink } from 'node:fs/promises';
import { eventually } from '../../support/eventually.ts';
import type { LogLine, RunningOperator } from '../../support/operator.ts';

/** What an operator holds at one moment in which it has nothing to do. */
export interface Footprint {
  /** V8's heap after everything dead was collected, in bytes. */
  readonly heapBytes: number;
  /** Buffers outside that heap, in bytes. */
  readonly externalBytes: number;
  readonly rssBytes: number;
  /** Descriptors of the process that are sockets: watches, pooled connections, listeners. */
  readonly sockets: number;
  readonly timers: number;
  /** Series by metric name, as /metrics shows them. */
  readonly series: ReadonlyMap<string, readonly string[]>;
  /** Objects in memory by kind. */
  readonly objects: Readonly<Record<string, number>>;
}

/** Measures an operator that was started with collectGarbage.ts. */
export async function footprintOf(operator: RunningOperator): Promise<Footprint> {
  const left = await answerTo(operator, 'SIGUSR2', 'garbage collected');
  const sockets = await socketsOf(operator.pid);
  const series = seriesOf(await operator.metrics());
  return {
    heapBytes: Number(left.heapUsed),
    externalBytes: Number(left.external) + Number(left.arrayBuffers),
    timers: Number(left.timers),
    rssBytes: await operator.rssBytes(),
    sockets,
    series,
    objects: Object.fromEntries((series.get('drawbridge_store_objects') ?? []).map(kindAndCount)),
  };
}

const kindAndCount = (line: string): readonly [string, number] => [
  /kind="([^"]+)"/.exec(line)?.[1] ?? '',
  Number(line.slice(line.lastIndexOf(' ') + 1)),
];

/** The names of a beginning ($NAMES) that the process still has anywhere in its heap. It grows by this: measure before. */
export const namesKept = async (operator: RunningOperator): Promise<readonly string[]> =>
  (await answerTo(operator, 'SIGHUP', 'names in the heap')).names as readonly string[];

/** How many series there are of each metric name. */
export const counts = ({ series }: Footprint): Readonly<Record<string, number>> =>
  Object.fromEntries([...series].map(([name, lines]) => [name, lines.length]));

/** Signals the process, and waits for the line in its log that answers. */
function answerTo(operator: RunningOperator, signal: NodeJS.Signals, message: string): Promise<LogLine> {
  const answers = (): readonly LogLine[] => operator.lines().filter((line) => line.message === message);
  const before = answers().length;
  process.kill(operator.pid, signal);
  return eventually(
    () => {
      const line = answers()[before];
      if (line === undefined) throw new Error(`it did not say: ${message}`);
      return line;
    },
    { everyMs: 20, withinMs: 60_000 },
  );
}

/** Counted where the kernel has them; where there is no /proc it fails, rather than find nothing. */
async function socketsOf(pid: number): Promise<number> {
  const folder = `/proc/${pid}/fd`;
  const links = await Promise.all(
    (await readdir(folder)).map((fd) => readlink(`${folder}/${fd}`).catch(() => 'closed meanwhile')),
  );
  return links.filter((link) => link.startsWith('socket:')).length;
}

function seriesOf(text: string): ReadonlyMap<string, readonly string[]> {
  const series = new Map<string, string[]>();
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    const name = /^[a-zA-Z_:][a-zA-Z0-9_:]*/.exec(line)?.[0] ?? '';
    series.set(name, [...(series.get(name) ?? []), line]);
  }
  return series;
}
